import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import { outcomeOf } from "@kubenetsim/core/trace/disposition";
import type { UpstreamRequest } from "@kubenetsim/ingress/http/http-message";
import type { UpstreamOutcome } from "@kubenetsim/ingress/http/upstream-exchange";
import type { Arrival, TlsClient } from "./conversation.ts";
import type { ForwardedRequest, HttpTrace, SentRequest } from "./http-exchange.ts";

/** Opens a connection from a Pod to `ip:port` and says something on it. */
export type ForwardTo = (
  pod: ObjectKey,
  endpoint: string,
  said: Pick<Arrival, "request" | "tls" | "nowMs" | "via">,
) => HttpTrace;

/** Proxies ask for no name that they could check a certificate by (`proxy_ssl_verify off`, `proxy_ssl_server_name off`). */
const anyCertificate: TlsClient = { serverName: undefined, problemOf: () => undefined, isInsecure: true };

/** What a proxy in a Pod sends on of one request. */
export class Forwarder {
  readonly forwarded: ForwardedRequest[] = [];
  readonly #pod: ObjectKey;
  readonly #arrival: Arrival;
  readonly #forward: ForwardTo;

  constructor(pod: ObjectKey, arrival: Arrival, forward: ForwardTo) {
    this.#pod = pod;
    this.#arrival = arrival;
    this.#forward = forward;
  }

  /** Asks an endpoint. */
  send(
    { endpoint, method, url, headers, bodyBytes = 0, isTls = false }: UpstreamRequest,
    nowMs: number = this.#arrival.nowMs,
  ): UpstreamOutcome {
    const { host, ...others } = headers;
    const request: SentRequest = {
      method,
      scheme: isTls ? "https" : "http",
      host,
      target: url,
      headers: others,
      bodyBytes,
    };
    const trace = this.#say(endpoint, { request, tls: isTls ? anyCertificate : undefined, nowMs });
    const { outcome } = this.forwarded.at(-1)!;
    const { response, tookMs } = trace.http ?? {};
    return outcome === "answered" ? { ...response!, tookMs: tookMs ?? 0 } : outcome;
  }

  /** Hands the client's own bytes to an endpoint. */
  pass(endpoint: string): HttpTrace {
    const { request, tls, nowMs } = this.#arrival;
    return this.#say(endpoint, { request, tls, nowMs });
  }

  #say(endpoint: string, said: Pick<Arrival, "request" | "tls" | "nowMs">): HttpTrace {
    const via = [...this.#arrival.via, `pod ${this.#pod}`];
    const trace = this.#forward(this.#pod, endpoint, { ...said, via });
    this.forwarded.push({ endpoint, outcome: outcomeFor(trace), trace });
    return trace;
  }
}

function outcomeFor({ disposition, http }: HttpTrace): ForwardedRequest["outcome"] {
  const outcome = outcomeOf(disposition);
  if (outcome !== "ok") return outcome;
  return http?.response === undefined ? "closed" : "answered";
}
