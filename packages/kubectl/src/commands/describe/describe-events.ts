import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { DescribeWriter } from "./describe-writer.ts";
import type { LookUp } from "./describer.ts";
import { since } from "./times.ts";

interface DescribedEvent {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly eventTime?: string | null;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string };
  readonly source?: { readonly component?: string };
  readonly reportingComponent?: string;
  readonly involvedObject?: { readonly fieldPath?: string };
}

/** The table of what happened to an object (kubectl pkg/describe, DescribeEvents). */
export function describeEvents(object: PlainObject, writer: DescribeWriter, lookUp: LookUp): void {
  const events = lookUp.eventsOf(object) as unknown as DescribedEvent[];
  if (events.length === 0) {
    writer.line("Events:\t<none>");
    return;
  }
  writer.flush();
  writer.line("Events:");
  writer.line("Type\tReason\tAge\tFrom\tMessage", 1);
  writer.line("----\t------\t----\t----\t-------", 1);
  const sorted = [...events].sort((a, b) => compare(a.lastTimestamp ?? "", b.lastTimestamp ?? ""));
  for (const event of sorted) {
    const { type = "", reason = "", message = "", source, reportingComponent = "", involvedObject } = event;
    const from = source?.component || reportingComponent;
    const field = involvedObject?.fieldPath ? `${involvedObject.fieldPath}: ` : "";
    writer.line(`${type}\t${reason}\t${interval(event, lookUp.nowMs)}\t${from}\t${field}${message.trim()}`, 1);
  }
}

function interval(
  { eventTime, firstTimestamp, lastTimestamp, series, count = 0 }: DescribedEvent,
  now: number,
): string {
  const first = since(eventTime ?? firstTimestamp ?? undefined, now);
  if (series !== undefined) return `${since(series.lastObservedTime, now)} (x${series.count ?? 0} over ${first})`;
  return count > 1 ? `${since(lastTimestamp ?? undefined, now)} (x${count} over ${first})` : first;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
