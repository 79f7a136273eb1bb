import type { UpstreamRequest } from "./http-message.ts";

/** Carries a request to an endpoint at a time (that of the arrival unless given) and says what came of it. */
export type UpstreamExchange = (request: UpstreamRequest, nowMs?: number) => UpstreamOutcome;

/** What came of it: an answer, or why there is none. */
export type UpstreamOutcome =
  | UpstreamAnswer
  /** Nobody listens there. */
  | "refused"
  /** There is never a connection. */
  | "timeout"
  /** There is a connection, and it is closed without an answer. */
  | "closed";

export interface UpstreamAnswer {
  readonly status: number;
  /** By their names in small letters; none unless given. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Values of Set-Cookie. */
  readonly cookies?: readonly string[];
  readonly body?: string;
  /** Milliseconds that it took; 0 unless given. */
  readonly tookMs?: number;
}
