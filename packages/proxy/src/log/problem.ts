import type { LogLine } from "./log-line.ts";

/** What kube-proxy could not do, and logs each time that it tries. */
export interface Problem {
  /** `namespace/name:port` of the Service port that brought it about, where one did. */
  readonly servicePort: string | undefined;
  readonly line: LogLine;
}
