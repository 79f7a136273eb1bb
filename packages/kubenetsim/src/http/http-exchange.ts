import type { Certificate } from "@kubenetsim/ingress/certificate/certificate";
import type { HttpStep } from "@kubenetsim/ingress/http/http-step";
import type { NamedTrace } from "../cluster/client-handle.ts";

/**
 * The way of a connection, and what was said on it. The fields of the trace are those of the client's own connection.
 *
 * @example
 * const { http } = lab.external().curl("https://shop.test/cart", { resolve: ["shop.test:443:192.168.10.11"], insecure: true });
 * http?.response?.status; // 200
 * http?.forwarded[0]?.trace.receiver; // "pod shop/web-1"
 */
export interface HttpTrace extends NamedTrace {
  /** undefined where there was no connection. */
  readonly http?: HttpExchange;
  /** Where redirects were followed: the requests before this one, each answered by one. */
  readonly redirects?: readonly HttpTrace[];
}

/** A request on a connection, and what came of it. */
export interface HttpExchange {
  readonly request: SentRequest;
  /** undefined where none was spoken. */
  readonly tls: TlsSession | undefined;
  /** `pod ingress-nginx/controller`, `kube-proxy healthz`: who took the request; undefined where it was not sent. */
  readonly server: string | undefined;
  /** What a proxy among the servers did with it, phase by phase, with where in the user's text that is asked for. */
  readonly steps: readonly HttpStep[];
  /** What the server asked others for: each try of its own, in order. */
  readonly forwarded: readonly ForwardedRequest[];
  /** undefined where `failure` says why there is none. */
  readonly response: HttpResponse | undefined;
  readonly failure: HttpFailure | undefined;
  /** Milliseconds until the answer, as far as time is modelled: waiting for what does not answer. */
  readonly tookMs: number;
}

/** A request as its sender sent it. */
export interface SentRequest {
  readonly method: string;
  readonly scheme: "http" | "https";
  /** The Host header, with its port where it has one; undefined for none. */
  readonly host: string | undefined;
  /** Path and query. */
  readonly target: string;
  /** All but Host, by their names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBytes: number;
}

export interface HttpResponse {
  readonly status: number;
  /** By their names in small letters, in the order in which they are sent. */
  readonly headers: Readonly<Record<string, string>>;
  /** The values of Set-Cookie. */
  readonly cookies: readonly string[];
  readonly body: string;
}

/** Why there is no answer, with curl's number and words for it (`man curl`, EXIT CODES). */
export interface HttpFailure {
  readonly code: number;
  readonly message: string;
}

/** How far a TLS handshake came. */
export interface TlsSession {
  /** The name that the client sent (SNI); undefined for none, as to an address. */
  readonly serverName: string | undefined;
  /** What is spoken inside (ALPN). */
  readonly protocol: "h2" | "http/1.1";
  /** undefined where the server refused. */
  readonly certificate: Certificate | undefined;
  /** Why the client does not trust the certificate; undefined when it does. */
  readonly problem: string | undefined;
}

/** What a proxy sent on. */
export interface ForwardedRequest {
  /** `ip:port`, as the proxy asked for it. */
  readonly endpoint: string;
  readonly outcome: "answered" | "refused" | "timeout" | "closed";
  /** From the proxy to whoever answered, with what was said there. */
  readonly trace: HttpTrace;
}
