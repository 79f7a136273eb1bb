import { headerOf } from "@kubenetsim/ingress/http/http-headers";
import type { SentRequest } from "../http-exchange.ts";

/** What a proxy made of a request's headers: those that are new or others, in their order, and those that it left out. */
export interface ChangedHeaders {
  readonly set: readonly (readonly [name: string, value: string])[];
  readonly removed: readonly string[];
}

export function changedHeaders(before: SentRequest, after: SentRequest): ChangedHeaders {
  const old = withHost(before);
  const now = withHost(after);
  return {
    set: Object.entries(now).filter(([name, value]) => headerOf(old, name) !== value),
    removed: Object.keys(old).filter((name) => !Object.hasOwn(now, name)),
  };
}

function withHost({ host, headers }: SentRequest): Record<string, string> {
  return { ...(host !== undefined && { host }), ...headers };
}
