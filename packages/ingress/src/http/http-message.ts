import type { Certificate } from "../certificate/certificate.ts";
import type { HttpStep } from "./http-step.ts";

/** A request as it comes to nginx. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query as the client sent them. */
  readonly target: string;
  /** The Host header, with its port where it has one; undefined for none. */
  readonly host: string | undefined;
  /** Other headers. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBytes: number;
  /** The TCP peer. */
  readonly clientAddress: string;
  /** Whom a proxy in front says that it speaks for, by the PROXY protocol, and which port that one had asked; undefined for no such header. */
  readonly proxied?: { readonly source: string; readonly destinationPort: number } | undefined;
  readonly isTls: boolean;
  /** The name of the TLS handshake; undefined where the client sends none. */
  readonly serverName?: string | undefined;
  /** PEM of the certificate that the client shows, and of those behind it; undefined for none. */
  readonly clientCertificate?: string | undefined;
}

/** What nginx sends to an endpoint. */
export interface UpstreamRequest {
  /** `ip:port`, IPv6 addresses in brackets. */
  readonly endpoint: string;
  readonly method: string;
  readonly url: string;
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** None unless given. */
  readonly bodyBytes?: number;
  /** It is spoken to by TLS. */
  readonly isTls?: boolean;
}

/** What the client is answered, and how it came to that. */
export interface HttpAnswer {
  readonly status: number;
  /** By their names in small letters; several cookies stand in an array of `cookies`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  /** Empty unless given. */
  readonly body?: string;
  /** Milliseconds until it came, as far as time is modelled: waiting for endpoints. 0 unless given. */
  readonly tookMs?: number;
  /** What the endpoint that answered was sent; undefined where nginx answered by itself. */
  readonly upstream: UpstreamRequest | undefined;
  /** The certificate of the handshake; undefined without TLS, or where it was refused. */
  readonly certificate: Certificate | undefined;
  /** Why, in the order of nginx's phases. */
  readonly steps: readonly HttpStep[];
}
