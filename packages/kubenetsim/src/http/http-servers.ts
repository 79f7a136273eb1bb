import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { timestampOf } from "@kubenetsim/core/runtime/timestamp";
import type { Trace } from "@kubenetsim/core/trace/trace";
import { unsignedCertificate } from "@kubenetsim/ingress/certificate/certificate";
import { bodyLength } from "@kubenetsim/ingress/http/http-headers";
import type { HttpRequest } from "@kubenetsim/ingress/http/http-message";
import type { IngressController, ListeningPort } from "@kubenetsim/ingress/ingress-controller";
import type { HttpAnswer as HealthAnswer } from "@kubenetsim/proxy/healthcheck/http-answer";
import { httpDate } from "@kubenetsim/proxy/healthcheck/http-date";
import { askApiServer } from "./api-server.ts";
import { checkAnswer } from "./check-answer.ts";
import { type Arrival, type Conversation, emptyReply, handshake, wrongVersion } from "./conversation.ts";
import { Forwarder, type ForwardTo } from "./forwarder.ts";
import type { HttpResponse } from "./http-exchange.ts";
import { type AnswerOfPod, type PodAnswer, usualAnswer } from "./pod-answer.ts";

/** Who serves HTTP in a cluster, and what they need. */
export interface ServerSurroundings {
  readonly answer: AnswerOfPod | undefined;
  /** The ingress controller that runs in a Pod; undefined for any other Pod. */
  controllerAt(pod: ObjectKey): IngressController | undefined;
  /** What kube-proxy's own servers answer on a node. */
  healthAnswer(node: string, question: { readonly port: number; readonly path: string }): HealthAnswer | undefined;
  /** Sends a request on from a Pod. */
  readonly forward: ForwardTo;
}

/** So many proxies may stand behind each other before it is taken for a circle. */
const mostProxies = 16;

/** Answers what comes to the servers of a cluster. */
export class HttpServers {
  readonly #surroundings: ServerSurroundings;

  constructor(surroundings: ServerSurroundings) {
    this.#surroundings = surroundings;
  }

  /** @throws UnsupportedError for what has no server that is modelled, and for requests that go round in a circle */
  converse(arrival: Arrival): Conversation {
    const { receiver = "" } = arrival.trace;
    if (arrival.via.length > mostProxies) {
      throw new UnsupportedError(
        `a request through more than ${mostProxies} proxies`,
        `it goes round: ${arrival.via.slice(-3).join(" → ")} → ${receiver}`,
      );
    }
    const pod = /^pod (\S+)$/.exec(receiver)?.[1];
    if (pod !== undefined) return this.#atPod(pod, arrival);
    if (receiver.startsWith("kube-proxy ")) return this.#atKubeProxy(receiver, arrival);
    if (receiver === "kube-apiserver") return askApiServer(arrival);
    throw new UnsupportedError(`HTTP to ${receiver}`, "what it answers is not known");
  }

  #atPod(pod: ObjectKey, arrival: Arrival): Conversation {
    const controller = this.#surroundings.controllerAt(pod);
    const { destinationPort } = arrival.trace.received!;
    const listening = controller?.listens.find(({ protocol, port }) => protocol === "TCP" && port === destinationPort);
    if (controller === undefined || listening === undefined) return this.#atPlainPod(pod, arrival);
    const passed = this.#passedOn(pod, controller, listening, arrival);
    return passed ?? this.#atController(pod, controller, listening, arrival);
  }

  /** A Pod of which nothing is known speaks what it is spoken to. */
  #atPlainPod(pod: ObjectKey, { trace, request, tls: client, nowMs }: Arrival): Conversation {
    const name = pod.slice(pod.indexOf("/") + 1);
    const shaken = client && handshake(client, unsignedCertificate(name, [name], 0), "http/1.1");
    if (shaken?.failure !== undefined) return shaken;
    const { source: clientAddress, destinationPort: port } = trace.received!;
    const seen = { ...request, clientAddress, port, nowMs };
    const own = this.#surroundings.answer?.(pod, seen);
    const answer = own == null ? usualAnswer(pod, seen) : checkAnswer(own, `http.answer for pod ${pod}`);
    const response = responseOf(answer, request.method, nowMs);
    return { server: `pod ${pod}`, tls: shaken?.tls, response, tookMs: answer.tookMs };
  }

  /** What a controller passes on byte by byte; undefined where it reads it itself. */
  #passedOn(
    pod: ObjectKey,
    controller: IngressController,
    { speaks, port }: ListeningPort,
    arrival: Arrival,
  ): Conversation | undefined {
    if (speaks === "http" || (speaks !== "stream" && arrival.tls === undefined)) return undefined;
    const { trace, tls, nowMs } = arrival;
    const clientAddress = trace.received!.source;
    const endpoint = controller.passOn?.({ protocol: "TCP", port, clientAddress, serverName: tls?.serverName, nowMs });
    if (endpoint === undefined) return speaks === "stream" ? { server: `pod ${pod}`, failure: emptyReply } : undefined;
    const forwarder = new Forwarder(pod, arrival, this.#surroundings.forward);
    const steps = [{ phase: "stream", text: `passes the connection on to ${endpoint}` }];
    const { http } = forwarder.pass(endpoint);
    return {
      server: http?.server ?? `pod ${pod}`,
      tls: http?.tls,
      steps,
      forwarded: forwarder.forwarded,
      response: http?.response,
      failure: http === undefined ? emptyReply : http.failure,
      tookMs: http?.tookMs,
    };
  }

  #atController(
    pod: ObjectKey,
    controller: IngressController,
    { speaks, port }: ListeningPort,
    arrival: Arrival,
  ): Conversation {
    const { trace, request, tls: client, nowMs } = arrival;
    const server = `pod ${pod}`;
    if (client !== undefined && speaks === "http") return { server, failure: wrongVersion };
    const serverName = client?.serverName;
    const shaken = client && handshake(client, controller.certificateFor?.({ port, serverName, nowMs }), "h2");
    if (shaken?.failure !== undefined) return { ...shaken, server };
    const forwarder = new Forwarder(pod, arrival, this.#surroundings.forward);
    const { method, target, host, headers, bodyBytes } = request;
    const asked: HttpRequest = {
      method,
      target,
      host,
      headers,
      bodyBytes,
      clientAddress: trace.received!.source,
      proxied: proxiedBy(trace) ?? arrival.proxied,
      isTls: client !== undefined,
      serverName,
    };
    const given = controller.answer(asked, { port, nowMs, send: (sent, atMs) => forwarder.send(sent, atMs) });
    const answer = checkAnswer(given, `the controller of pod ${pod}`);
    const { status, steps, tookMs = 0 } = answer;
    const response = status === 444 ? undefined : responseOf(answer, method, nowMs + tookMs);
    const failure = response === undefined ? emptyReply : undefined;
    return { server, tls: shaken?.tls, steps, forwarded: forwarder.forwarded, response, failure, tookMs };
  }

  #atKubeProxy(server: string, { trace, request, tls, nowMs }: Arrival): Conversation {
    if (tls !== undefined) return { server, failure: wrongVersion };
    const port = trace.received!.destinationPort;
    const path = request.target.split("?")[0]!;
    const answer = this.#surroundings.healthAnswer(nodeOf(trace), { port, path });
    if (answer === undefined) return { server, failure: emptyReply };
    return { server, response: goResponse(answer, nowMs) };
  }
}

/** What the last load balancer on the way says of the connection that it has accepted, by the PROXY protocol. */
function proxiedBy({ request }: Trace): HttpRequest["proxied"] {
  const steps = request.hops.flatMap((hop) => hop.steps);
  const last = steps.findLast((step) => step.kind === "balance");
  return last?.kind === "balance" ? last.proxyHeader : undefined;
}

/** The node that took the packet. */
function nodeOf({ request }: Trace): string {
  return request.hops.at(-1)!.host.slice("node ".length);
}

/** As Go's servers order the headers. */
function goResponse({ status, headers, body }: HealthAnswer, nowMs: number): HttpResponse {
  const own = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
  const date = httpDate(nowMs, timestampOf(nowMs));
  return { status, headers: { ...own, date, "content-length": String(body.length) }, cookies: [], body };
}

/** An answer with what nginx, and others like it, add to it. */
export function responseOf(
  { status, headers = {}, cookies = [], body = "" }: PodAnswer,
  method: string,
  nowMs: number,
): HttpResponse {
  const hasBody = status >= 200 && status !== 204 && status !== 304;
  const length = hasBody ? { "content-length": String(bodyLength(body)) } : {};
  const date = httpDate(nowMs, timestampOf(nowMs));
  const type = headers["content-type"];
  const all = { date, ...(type !== undefined && { "content-type": type }), ...length, ...headers };
  return { status, headers: all, cookies, body: method === "HEAD" || !hasBody ? "" : body };
}
