import { parseAddress } from "@kubenetsim/core/net/address";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import type { Hop, Path, Trace } from "@kubenetsim/core/trace/trace";
import type { CostModel } from "../cost/model.ts";
import { costModelFor } from "../cost/models.ts";
import { costLines } from "./cost-lines.ts";
import { decidingSteps } from "./deciding-steps.ts";
import { flowText } from "./header-text.ts";
import { type StepLine, stepLine } from "./step-line.ts";

export interface TraceTextOptions {
  /** Every step: each chain with the rules that it compared, rules as iptables-save prints them. */
  readonly verbose?: boolean;
  /** Columns after which lines are cut; lines are whole unless given. */
  readonly width?: number;
  /** Whose constants the estimate uses; unless given, those that fit the trace's mode. */
  readonly costModel?: CostModel;
}

/**
 * A trace for people: hop by hop with what decided, the answer's way, what became of it, what was counted and, on a line of
 * its own, the estimate.
 *
 * @example
 * console.log(formatTrace(trace, { width: process.stdout.columns }));
 */
export function formatTrace(trace: Trace, options: TraceTextOptions = {}): string {
  const lines = [traceTitle(trace), "", ...pathLines(trace.request, options)];
  if (trace.reply !== undefined) lines.push("", "answer", ...pathLines(trace.reply, options));
  lines.push("", `${trace.disposition}: ${trace.reason}`);
  lines.push("", ...costLines(trace, options.costModel ?? costModelFor(trace.mode)));
  return lines
    .map((line) => cut(line.trimEnd(), options.width))
    .join("\n")
    .concat("\n");
}

/** Who sends what to whom, in which mode, with which seed. */
export function traceTitle(trace: Trace): string {
  const { sent } = trace;
  const to = joinHostPort(sent.destination, sent.destinationPort);
  return `${senderText(trace)} → ${to}/${sent.protocol.toLowerCase()}   (${trace.mode}, seed ${JSON.stringify(trace.seed)})`;
}

/** An outside host is called by its first address; here by the one that it sent from, which may be of the other family. */
function senderText({ sent, request }: Trace): string {
  const { host, hostKind } = request.hops[0]!;
  const isRouted = sent.source !== "0.0.0.0" && sent.source !== "::";
  if (hostKind !== "external" || !isRouted) return host;
  return host.replace(/\S+$/, (word) => (parseAddress(word) === undefined ? word : sent.source));
}

/** The hops of one direction, as `formatTrace` has them. */
export function formatHops(path: Path, { verbose = false }: Pick<TraceTextOptions, "verbose"> = {}): string[] {
  return pathLines(path, { verbose }).map((line) => line.trimEnd());
}

interface HopText {
  readonly title: readonly string[];
  readonly steps: readonly StepLine[];
}

function pathLines(path: Path, options: TraceTextOptions): string[] {
  const verbose = options.verbose ?? false;
  const hops = path.hops.map((hop, i) => hopText(hop, i + 1, verbose));
  const titleWidths = columnWidths(hops.map(({ title }) => title));
  const stepWidths = columnWidths(hops.flatMap(({ steps }) => steps.map(({ where, what }) => [where, what])));
  return hops.flatMap(({ title, steps }) => [
    padColumns(title, titleWidths),
    ...steps.map((step) => stepText(step, stepWidths)),
  ]);
}

function hopText(hop: Hop, number: number, verbose: boolean): HopText {
  const devices = [hop.inDevice, hop.outDevice].filter((device) => device !== undefined);
  const arrow =
    hop.inDevice === undefined
      ? `→ ${devices[0] ?? "lo"}`
      : devices.length === 2
        ? devices.join(" → ")
        : `${devices[0]} →`;
  const steps = verbose ? hop.steps : decidingSteps(hop.steps);
  return {
    title: [`${number} ${hop.host}`, arrow, flowText(hop.before)],
    steps: steps.map((step) => stepLine(step, verbose)),
  };
}

function stepText(step: StepLine, widths: readonly number[]): string {
  const why = step.why === "" ? "" : `   # ${step.why}`;
  return `    ${padColumns([step.where, step.what], widths)}   ${step.detail}${why}`;
}

function columnWidths(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  return widths;
}

function padColumns(cells: readonly string[], widths: readonly number[]): string {
  return cells.map((cell, i) => cell.padEnd(widths[i]!)).join("   ");
}

function cut(line: string, width: number | undefined): string {
  return width === undefined || line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
}
