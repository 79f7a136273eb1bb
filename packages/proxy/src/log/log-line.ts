/** One line that kube-proxy logs at its default verbosity, and the event that goes with it. */
export interface LogLine {
  readonly level: "error" | "info";
  /** As klog writes it, without the header: `"Using ipvs Proxier"`, `"…" err="…"`. */
  readonly text: string;
  /** The Event about its Node that kube-proxy records together with the line. */
  readonly event: ProxyEvent | undefined;
}

export interface ProxyEvent {
  readonly type: "Warning";
  readonly reason: string;
  readonly action: string;
  readonly note: string;
}

export function info(message: string, values: Readonly<Record<string, unknown>> = {}): LogLine {
  return { level: "info", text: klogText(message, values), event: undefined };
}

export function error(message: string, values: Readonly<Record<string, unknown>> = {}, event?: ProxyEvent): LogLine {
  return { level: "error", text: klogText(message, values), event };
}

/** The message quoted as Go does, then `key=value`, values as JSON. */
function klogText(message: string, values: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(values).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  return `${JSON.stringify(message)}${pairs.join("")}`;
}
