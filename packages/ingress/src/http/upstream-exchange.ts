import type { UpstreamRequest } from "./http-message.ts";

/** Carries a request to an endpoint and says what came of it. */
export type UpstreamExchange = (request: UpstreamRequest) => UpstreamOutcome;

/** What came of it: an answer, or why there is none. */
export type UpstreamOutcome = UpstreamAnswer | "refused" | "timeout";

export interface UpstreamAnswer {
  readonly status: number;
  /** By their names in small letters; none unless given. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
