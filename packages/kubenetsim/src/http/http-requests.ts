import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import { parseAddress } from "@kubenetsim/core/net/address";
import { outcomeOf } from "@kubenetsim/core/trace/disposition";
import type { NamedTrace } from "../cluster/client-handle.ts";
import type { AddressedDestination } from "../connect/destination.ts";
import type { Source } from "../connect/source.ts";
import type { NameLookup } from "../dns/name-lookup.ts";
import type { PositionOf } from "../explain/source-positions.ts";
import { certificateProblem } from "./certificate-problem.ts";
import { type ConnectionTarget, connectionTarget } from "./connection-target.ts";
import type { Arrival, TlsClient } from "./conversation.ts";
import { type CurlOptions, requestFor } from "./curl-options.ts";
import { checkCurlOptions } from "./curl-options-check.ts";
import { exchangeOf, givenUp } from "./exchange.ts";
import type { HttpTrace } from "./http-exchange.ts";
import { HttpServers, type ServerSurroundings } from "./http-servers.ts";
import { type HttpUrl, parseHttpUrl } from "./http-url.ts";
import { redirected } from "./redirected.ts";

/** What requests are sent in. */
export interface RequestSurroundings extends Omit<ServerSurroundings, "forward"> {
  readonly nowMs: () => number;
  /** Opens a connection with a source port of its own. */
  connect(from: Source, to: AddressedDestination, lookup?: NameLookup): NamedTrace;
  /** @throws ParseError for a name that has no address */
  resolve(from: Source, name: string): NameLookup;
  /** Where the user's text asks for something. */
  positions(): PositionOf;
}

/** All HTTP in a cluster: from clients to servers, and from proxies among the servers to others. */
export class HttpRequests {
  readonly #surroundings: RequestSurroundings;
  readonly #servers: HttpServers;

  constructor(surroundings: RequestSurroundings) {
    this.#surroundings = surroundings;
    this.#servers = new HttpServers({
      answer: surroundings.answer,
      controllerAt: (pod) => surroundings.controllerAt(pod),
      healthAnswer: (node, question) => surroundings.healthAnswer(node, question),
      forward: (pod, endpoint, said) => this.#forward(pod, endpoint, said),
    });
  }

  /** As curl asks. @throws ParseError for what is no URL or option, a name without an address, and a sender that does not exist */
  curl(from: Source, text: string, options: CurlOptions = {}): HttpTrace {
    checkCurlOptions(options);
    const { followRedirects = false, maxRedirects = 50, cookieJar } = options;
    const redirects: HttpTrace[] = [];
    const open = new Map<string, HttpTrace>();
    let asked = { url: parseHttpUrl(text), options };
    let nowMs = this.#surroundings.nowMs();
    while (true) {
      const { connection = open.get(placeOf(asked.url)) } = asked.options;
      const trace = this.#ask(from, asked.url, { ...asked.options, connection }, nowMs);
      if (staysOpen(trace)) open.set(placeOf(asked.url), trace);
      const { response, tookMs = 0 } = trace.http ?? {};
      nowMs += tookMs;
      if (response !== undefined) cookieJar?.take(response.cookies, asked.url, nowMs);
      const next = followRedirects && response !== undefined ? redirected(asked, response) : undefined;
      if (next === undefined) return redirects.length === 0 ? trace : Object.assign(trace, { redirects });
      if (redirects.length === maxRedirects) {
        const failure = { code: 47, message: `Maximum (${maxRedirects}) redirects followed` };
        return Object.assign(trace, { redirects, http: givenUp(trace.http!, { failure }) });
      }
      redirects.push(trace);
      asked = next;
    }
  }

  #ask(from: Source, url: HttpUrl, options: CurlOptions, nowMs: number): HttpTrace {
    const { connection } = options;
    const trace = connection === undefined ? this.#connect(from, connectionTarget(url, options)) : again(connection);
    const request = requestFor(url, options, nowMs);
    const tls = url.scheme === "https" ? tlsClient(url, options, nowMs) : undefined;
    const { source, destinationPort } = trace.sent;
    const proxied = options.proxyProtocol === true ? { source, destinationPort } : undefined;
    const said = this.#say(trace, { request, tls, proxied, nowMs, via: [] });
    const { http } = said;
    const { maxTimeMs } = options;
    if (http === undefined || maxTimeMs === undefined || http.tookMs <= maxTimeMs) return said;
    const message = `Operation timed out after ${maxTimeMs} milliseconds with 0 bytes received`;
    const failure = { code: 28, message };
    return Object.assign(said, { http: givenUp(http, { response: undefined, failure, tookMs: maxTimeMs }) });
  }

  #connect(from: Source, { host, port, address }: ConnectionTarget): NamedTrace {
    const { connect, resolve } = this.#surroundings;
    if (address !== undefined) return connect(from, { kind: "address", address, port, protocol: "TCP" });
    const lookup = resolve(from, host);
    return connect(from, { kind: "address", address: lookup.addresses[0]!, port, protocol: "TCP" }, lookup);
  }

  #forward(pod: ObjectKey, endpoint: string, said: Pick<Arrival, "request" | "tls" | "nowMs" | "via">): HttpTrace {
    const [namespace = "", name = ""] = pod.split("/");
    const at = endpoint.lastIndexOf(":");
    const address = parseAddress(endpoint.slice(0, at).replace(/^\[|\]$/g, ""))!;
    const port = Number(endpoint.slice(at + 1));
    const from: Source = { kind: "pod", namespace, name };
    return this.#say(this.#surroundings.connect(from, { kind: "address", address, port, protocol: "TCP" }), said);
  }

  /** Adds to a connection what is said on it, where there is one. */
  #say(trace: NamedTrace, said: Omit<Arrival, "trace">): HttpTrace {
    if (outcomeOf(trace.disposition) !== "ok") return trace;
    const conversation = this.#servers.converse({ ...said, trace });
    const http = exchangeOf(said.request, conversation, this.#surroundings.positions());
    return Object.assign(trace, { http });
  }
}

function tlsClient(url: HttpUrl, options: CurlOptions, nowMs: number): TlsClient {
  const { serverName = serverNameOf(url.host), insecure = false, trusted } = options;
  return {
    serverName,
    isInsecure: insecure,
    problemOf: (certificate) => certificateProblem(certificate, { host: url.host, trusted, nowMs }),
  };
}

/** The connection of a trace, with nothing said on it. */
function again(trace: HttpTrace): NamedTrace {
  const { http: _, redirects: __, ...connection } = Object.getOwnPropertyDescriptors(trace);
  return Object.create(Object.getPrototypeOf(trace), connection) as NamedTrace;
}

/** What a connection is kept for. */
export function placeOf({ scheme, host, port }: HttpUrl): string {
  return `${scheme}://${host.toLowerCase()}:${port}`;
}

/** Whether the next request to the same place goes over the same connection. */
export function staysOpen({ http }: HttpTrace): boolean {
  return http?.response !== undefined && http.response.headers.connection !== "close";
}

/** Addresses are no names of a handshake (RFC 6066, 3). */
function serverNameOf(host: string): string | undefined {
  return parseAddress(host) === undefined ? host.toLowerCase().replace(/\.$/, "") : undefined;
}
