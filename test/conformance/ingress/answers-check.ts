import type { HttpAnswer } from "@kubenetsim/ingress/http/http-message";
import { type CheckResult, failed, passed } from "../family.ts";
import { canonical } from "./comparison.ts";
import type { Answer, CaseRequest, IngressAnswers } from "./ingress-case.ts";
import type { Recording } from "./recorded-controller.ts";
import { askAll } from "./recorded-nginx.ts";

/** So many worlds show what chance leaves open. */
const worlds = 40;

/** Headers of an answer that are compared. */
const answerHeaders = [
  "location",
  "strict-transport-security",
  "access-control-allow-origin",
  "access-control-allow-methods",
  "access-control-allow-headers",
  "access-control-max-age",
  "access-control-allow-credentials",
  "access-control-expose-headers",
];

/**
 * Holds every recorded answer against those that chance allows; a request that was repeated, all its answers in any order. What was asked stands
 * beside the answers, where the case has names for what is hashed.
 */
export function* checkAnswers({ results }: IngressAnswers, { controller }: Recording): Iterable<CheckResult> {
  const requests = results.map(({ request }) => request);
  const possible = Array.from({ length: worlds }, (_, world) =>
    askAll(controller.running!, requests, `world ${world}`),
  );
  for (const [i, { request, answer }] of results.entries()) {
    const runs = "runs" in answer ? (answer.runs as readonly Answer[]) : [answer as Answer];
    const expected = runs.map((run) => canonical(recordedView(run, request)));
    const ours = possible.map((world) =>
      world[i]!.map((each, at) => canonical(view(each, request, runs[at] ?? runs[0]!))),
    );
    const name = `${i + 1} ${request.host} ${request.path}`;
    yield isPossible(expected, ours) ? passed("results", name) : failed("results", difference(expected, ours), name);
  }
}

/** All answers in any order as in one world; where worlds differ, the same different answers as in one. */
function isPossible(expected: readonly string[], ours: readonly (readonly string[])[]): boolean {
  const sorted = (lines: readonly string[]): string => [...lines].sort().join("\n");
  const different = (lines: readonly string[]): string => sorted([...new Set(lines)]);
  const all = new Set(ours.map(sorted));
  if (all.has(sorted(expected))) return true;
  return all.size > 1 && ours.some((world) => different(world) === different(expected));
}

function difference(expected: readonly string[], [first]: readonly (readonly string[])[]): string {
  const at = expected.findIndex((line, i) => line !== first![i]);
  return `answer ${at + 1}: expected ${expected[at]}, got for one ${first![at]}`;
}

function recordedView(answer: Answer, request: CaseRequest): unknown {
  const { status, pod, cert, upstreamUrl, upstreamHeaders } = answer;
  return {
    status,
    pod,
    cert,
    cookie: withoutValue(answer["set-cookie"] as string | undefined),
    ...Object.fromEntries(answerHeaders.map((name) => [name, answer[name]])),
    url: pod === undefined ? undefined : (upstreamUrl ?? request.path),
    upstreamHeaders,
  };
}

/** An answer of ours with what the recording tells of one. */
function view(
  { status, headers, cookies, upstream, certificate }: HttpAnswer,
  request: CaseRequest,
  recorded: Answer,
): unknown {
  return {
    status,
    pod: upstream?.endpoint,
    cert: certificate && {
      cn: certificate.commonName,
      san: (certificate.alternativeNames?.dnsNames ?? []).map((name) => `DNS:${name}`).join(", "),
    },
    cookie: withoutValue(cookies[0]),
    ...Object.fromEntries(answerHeaders.map((name) => [name, headers[name]])),
    url: upstream?.url,
    upstreamHeaders: recorded.upstreamHeaders === undefined ? undefined : toldHeaders(upstream?.headers ?? {}, request),
  };
}

/** The headers that the recordings write down; a request's id only where the client chose it. */
function toldHeaders(headers: Readonly<Record<string, string>>, request: CaseRequest): Record<string, string> {
  const sent = Object.keys(request.headers ?? {}).map((name) => name.toLowerCase());
  const isTold = (name: string): boolean =>
    name === "x-request-id"
      ? sent.includes(name)
      : /^(host|x-real-ip|x-forwarded-.*|x-scheme|x-original-.*)$/.test(name);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => isTold(name)));
}

/** A cookie's value holds time and chance; when it runs out, time. */
function withoutValue(cookie: string | undefined): string | undefined {
  return cookie?.replace(/^([^=]*)=[^;]*/, "$1").replace(/Expires=[^;]*/, "Expires");
}
