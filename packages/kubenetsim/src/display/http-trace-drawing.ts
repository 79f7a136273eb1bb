import { type DrawnConnection, drawConnections } from "@kubenetsim/network/drawing/trace-drawing";
import { originText } from "@kubenetsim/network/format/step-line";
import { traceTitle } from "@kubenetsim/network/format/text";
import type { HttpExchange, HttpTrace } from "../http/http-exchange.ts";

/** Connections that are drawn; how many there are beyond is said. */
export const drawnConnections = 8;
/** Of what a proxy did with a request. */
const drawnPhases = 24;

/** A request's way as a picture: each connection that it took with its hosts, its steps, and what was said on it. */
export function drawHttpTrace(trace: HttpTrace): string {
  const all = [...(trace.redirects ?? []), trace].flatMap((each) => connectionsOf(each, "the client"));
  const drawn = all.slice(0, drawnConnections);
  const title =
    trace.http === undefined
      ? traceTitle(trace)
      : `${drawn[0]!.heading}   (${trace.mode}, seed ${JSON.stringify(trace.seed)})`;
  if (all.length === drawn.length)
    return drawConnections(title, drawn.length === 1 ? [{ ...drawn[0]!, heading: "" }] : drawn);
  const last = drawn.at(-1)!;
  const more = `${all.length - drawn.length} more connections are not drawn: the limit is ${drawnConnections}`;
  return drawConnections(title, [...drawn.slice(0, -1), { ...last, notes: [...last.notes, more] }]);
}

function connectionsOf(trace: HttpTrace, client: string): DrawnConnection[] {
  const { http } = trace;
  const own = {
    heading: headingOf(trace, client),
    trace,
    notes: [...nameNotes(trace), ...(http === undefined ? [] : notesOf(http))],
  };
  const proxy = trace.receiver ?? "the proxy";
  return [own, ...(http?.forwarded ?? []).flatMap((next) => connectionsOf(next.trace, proxy))];
}

function headingOf({ http, request }: HttpTrace, client: string): string {
  const from = client === "the client" ? request.hops[0]!.host : client;
  if (http === undefined) return from;
  const { method, scheme, host = "", target } = http.request;
  return `${from} → ${method} ${scheme}://${host}${target}`;
}

function nameNotes({ lookup }: HttpTrace): string[] {
  if (lookup === undefined) return [];
  const by = lookup.source === "files" ? "/etc/hosts" : `DNS, ${lookup.queries.length} queries`;
  return [`name ${lookup.name} → ${lookup.addresses.join(", ")} (${by})`];
}

function notesOf({ steps, response, failure, tls }: HttpExchange): string[] {
  const phases = steps.slice(0, drawnPhases).map(({ phase, text, origin }) => {
    const why = originText(origin);
    return `${phase}: ${text}${why === "" ? "" : `   # ${why}`}`;
  });
  const beyond =
    steps.length > drawnPhases
      ? [`${steps.length - drawnPhases} more phases are not shown: the limit is ${drawnPhases}`]
      : [];
  return [
    ...(tls === undefined
      ? []
      : [`TLS: ${tls.protocol}${tls.problem === undefined ? "" : `, not trusted: ${tls.problem}`}`]),
    ...phases,
    ...beyond,
    ...(response === undefined ? [] : [`answered with ${response.status}`]),
    ...(failure === undefined ? [] : [`failed: ${failure.message}`]),
  ];
}
