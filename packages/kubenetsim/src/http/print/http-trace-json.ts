import { traceToJson } from "@kubenetsim/network/format/json";
import { lookupToJson } from "../../dns/lookup-text.ts";
import type { HttpExchange, HttpTrace, TlsSession } from "../http-exchange.ts";
import { changedHeaders } from "./changed-headers.ts";

/** A request's way as JSON holds it: the fields of its trace, `lookup`, `http` with every connection of proxies, `redirects`. */
export function httpTraceToJson(trace: HttpTrace): unknown {
  const { lookup, http, redirects } = trace;
  return {
    ...traceToJson(trace),
    ...(lookup !== undefined && { lookup: lookupToJson(lookup) }),
    ...(http !== undefined && { http: exchangeToJson(http) }),
    ...(redirects !== undefined && { redirects: redirects.map(httpTraceToJson) }),
  };
}

function exchangeToJson(http: HttpExchange): unknown {
  const { request, tls, server, steps, forwarded, response, failure, tookMs } = http;
  return {
    request,
    ...(tls !== undefined && { tls: tlsToJson(tls) }),
    server,
    steps,
    forwarded: forwarded.map(({ endpoint, outcome, trace }) => {
      const sent = trace.http?.request;
      const changed = sent === undefined ? undefined : changedHeaders(request, sent);
      return { endpoint, outcome, ...(changed !== undefined && { headers: changed }), trace: httpTraceToJson(trace) };
    }),
    response,
    failure,
    tookMs,
  };
}

function tlsToJson({ serverName, protocol, certificate, problem }: TlsSession): unknown {
  if (certificate === undefined) return { serverName, protocol };
  const { secret, subject, issuer, alternativeNames } = certificate;
  return { serverName, protocol, certificate: { secret, subject, issuer, alternativeNames }, problem };
}
