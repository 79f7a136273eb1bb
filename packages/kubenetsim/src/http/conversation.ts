import type { Trace } from "@kubenetsim/core/trace/trace";
import type { Certificate } from "@kubenetsim/ingress/certificate/certificate";
import type { HttpRequest } from "@kubenetsim/ingress/http/http-message";
import type { HttpStep } from "@kubenetsim/ingress/http/http-step";
import type { ForwardedRequest, HttpFailure, HttpResponse, SentRequest, TlsSession } from "./http-exchange.ts";

/** A connection that has come to a server, and what its client wants to say on it. */
export interface Arrival {
  readonly trace: Trace;
  readonly request: SentRequest;
  readonly tls: TlsClient | undefined;
  /** Whose connection the client says that it is, by the PROXY protocol, before all else. */
  readonly proxied?: HttpRequest["proxied"];
  readonly nowMs: number;
  /** The servers before this one, from the first: `pod ingress-nginx/controller`. */
  readonly via: readonly string[];
}

/** What a client does in a TLS handshake. */
export interface TlsClient {
  readonly serverName: string | undefined;
  /** Why it does not trust a certificate; undefined when it does. */
  problemOf(certificate: Certificate): string | undefined;
  /** It goes on all the same. */
  readonly isInsecure: boolean;
}

/** What a server makes of it. */
export interface Conversation {
  readonly server?: string | undefined;
  readonly tls?: TlsSession | undefined;
  readonly steps?: readonly HttpStep[];
  readonly forwarded?: readonly ForwardedRequest[];
  /** One of the two. */
  readonly response?: HttpResponse | undefined;
  readonly failure?: HttpFailure | undefined;
  readonly tookMs?: number | undefined;
}

/** Failures of a handshake and of connections, in curl's words (OpenSSL 3.0). */
export const wrongVersion: HttpFailure = {
  code: 35,
  message: "OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number",
};

export const unrecognizedName: HttpFailure = {
  code: 35,
  message: "OpenSSL/3.0.19: error:0A000458:SSL routines::tlsv1 unrecognized name",
};

export const emptyReply: HttpFailure = { code: 52, message: "Empty reply from server" };

/** The handshake with a server that shows a certificate; the failure where the client goes no further. */
export function handshake(
  client: TlsClient,
  certificate: Certificate | undefined,
  protocol: TlsSession["protocol"],
): { readonly tls: TlsSession; readonly failure?: HttpFailure } {
  const { serverName } = client;
  if (certificate === undefined) {
    return { tls: { serverName, protocol, certificate, problem: undefined }, failure: unrecognizedName };
  }
  const problem = client.problemOf(certificate);
  const tls: TlsSession = { serverName, protocol, certificate, problem };
  if (problem === undefined || client.isInsecure) return { tls };
  return { tls, failure: { code: 60, message: problem } };
}
