import { seededRandom } from "@kubenetsim/core/runtime/random";
import type { HttpAnswer, HttpRequest, UpstreamRequest } from "@kubenetsim/ingress/http/http-message";
import type { UpstreamOutcome } from "@kubenetsim/ingress/http/upstream-exchange";
import type { Configuration } from "@kubenetsim/ingress/ingress-nginx/model/configuration";
import { Nginx } from "@kubenetsim/ingress/ingress-nginx/request/nginx";
import type { CaseRequest } from "./ingress-case.ts";

/** Who asks where a case does not say. */
const usualClient = "10.244.0.2";
/** Where no Pod of the recordings listens. */
const deafPort = "8099";

/** The answers to all requests of a case, each as often as it was repeated, of an nginx with this chance. */
export function askAll(configuration: Configuration, requests: readonly CaseRequest[], seed: string): HttpAnswer[][] {
  const random = seededRandom(seed);
  const nginx = new Nginx({ send: answerOfPod, random: () => random.next() });
  nginx.load(configuration, { isReload: true, nowMs: 0 });
  let nowMs = 0;
  return requests.map((request) => {
    nowMs += request.sleepMs ?? 0;
    return Array.from({ length: request.repeat ?? 1 }, () => nginx.answer(httpRequestOf(request), ++nowMs));
  });
}

function httpRequestOf({
  host,
  path,
  method = "GET",
  headers = {},
  bodyBytes = 0,
  src,
  tls,
  sni,
}: CaseRequest): HttpRequest {
  return {
    method,
    target: path,
    host: host ?? undefined,
    headers,
    bodyBytes,
    clientAddress: src ?? usualClient,
    isTls: tls === true,
    serverName: sni ?? host?.split(":")[0] ?? undefined,
  };
}

/** Every Pod of the recordings answers with the status that the client wants. */
function answerOfPod({ endpoint, headers }: UpstreamRequest): UpstreamOutcome {
  if (endpoint.endsWith(`:${deafPort}`)) return "refused";
  return { status: Number(headers["x-want-status"] ?? 200) };
}
