import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { formatPosition } from "@kubenetsim/core/runtime/errors";
import { addCosts, type Cost, zeroCost } from "@kubenetsim/core/trace/cost";
import type { Origin } from "@kubenetsim/core/trace/origin";
import { writtenHeaderName } from "@kubenetsim/ingress/http/http-headers";
import type { HttpStep } from "@kubenetsim/ingress/http/http-step";
import { estimate } from "@kubenetsim/network/cost/estimate";
import { estimateText } from "@kubenetsim/network/cost/estimate-text";
import type { CostModel } from "@kubenetsim/network/cost/model";
import { costModelFor } from "@kubenetsim/network/cost/models";
import { costSummary } from "@kubenetsim/network/format/cost-lines";
import { formatHops } from "@kubenetsim/network/format/text";
import type { HttpExchange, HttpTrace, SentRequest } from "../http-exchange.ts";
import { changedHeaders } from "./changed-headers.ts";

export interface HttpTraceTextOptions {
  /** Every chain and rule, and the answers' ways back. */
  readonly verbose?: boolean;
  /** Whose constants the estimate uses; unless given, those that fit the mode. */
  readonly costModel?: CostModel;
}

/** A connection of the whole, and what it is called. */
interface Stage {
  readonly name: string;
  readonly trace: HttpTrace;
}

/**
 * The way of a request for people: name, connection, handshake, what the proxy decided phase by phase and who asked for it, each
 * connection of the proxy's own, what it changed of the headers, the answer, and what each stage cost.
 *
 * @example
 * console.log(httpTraceText(lab.external().curl("http://shop.test/cart")));
 */
export function httpTraceText(trace: HttpTrace, options: HttpTraceTextOptions = {}): string {
  const asked = [...(trace.redirects ?? []), trace];
  const parts = asked.flatMap((each, i) => [
    ...(i === 0 ? [] : ["", `redirected to ${asked[i - 1]!.http!.response!.headers.location}`, ""]),
    ...requestLines(each, options),
  ]);
  return `${[...parts, "", ...costLines(asked, options.costModel)].map((line) => line.trimEnd()).join("\n")}\n`;
}

function requestLines(trace: HttpTrace, options: HttpTraceTextOptions): string[] {
  const stage = { name: "client", trace };
  const lines = [titleLine(trace), ...nameLines(trace), "", ...connectionLines(stage, options)];
  return [...lines, ...exchangeLines(trace, options, 0)];
}

function titleLine(trace: HttpTrace): string {
  const method = trace.http?.request.method ?? "";
  const seed = `(${trace.mode}, seed ${JSON.stringify(trace.seed)})`;
  return `${trace.request.hops[0]!.host} → ${`${method} ${urlOf(trace)}`.trim()}   ${seed}`;
}

function urlOf({ http, sent }: HttpTrace): string {
  if (http === undefined) return joinHostPort(sent.destination, sent.destinationPort);
  const { scheme, host = "", target } = http.request;
  return `${scheme}://${host}${target}`;
}

function nameLines({ lookup, sent }: HttpTrace): string[] {
  if (lookup === undefined) return [];
  const { name, source, queries } = lookup;
  if (source === "files") return [`name ${name} → ${sent.destination}, by /etc/hosts`];
  const by = queries.at(-1)?.answeredBy;
  const asked = `${queries.length} ${queries.length === 1 ? "query" : "queries"}`;
  return [
    `name ${name} → ${sent.destination}, by DNS: ${asked}${by === undefined ? "" : `, the last answered by ${by}`}`,
  ];
}

/** The hops of a connection, and who took it. */
function connectionLines({ trace }: Stage, options: HttpTraceTextOptions): string[] {
  const { received, receiver, sent } = trace;
  const lines = formatHops(trace.request, options);
  if (options.verbose === true && trace.reply !== undefined) lines.push("answer", ...formatHops(trace.reply, options));
  if (trace.disposition !== "delivered" || received === undefined)
    return [...lines, `${trace.disposition}: ${trace.reason}`];
  const isSame = received.source === sent.source;
  const kept = isSame ? "the source address is kept" : `the source address was ${sent.source}`;
  const from = joinHostPort(received.source, received.sourcePort);
  return [...lines, `${receiver} sees ${from} on port ${received.destinationPort}; ${kept}`];
}

function exchangeLines({ http }: HttpTrace, options: HttpTraceTextOptions, depth: number): string[] {
  if (http === undefined) return [];
  const indent = "  ".repeat(depth);
  const own = [...tlsLines(http), ...stepLines(http.steps)].map((line) => `${indent}${line}`);
  const forwarded = http.forwarded.flatMap((each, i) => [
    "",
    `${indent}try ${i + 1}: ${http.server} → ${each.endpoint}: ${each.outcome}`,
    ...headerLines(http.request, each.trace.http?.request).map((line) => `${indent}${line}`),
    ...connectionLines({ name: "", trace: each.trace }, options).map((line) => `${indent}  ${line}`),
    ...exchangeLines(each.trace, options, depth + 1),
  ]);
  return [...own, ...forwarded, ...(depth === 0 ? ["", answerLine(http)] : [`${indent}${answerLine(http)}`])];
}

function tlsLines({ tls, response }: HttpExchange): string[] {
  if (tls === undefined) return [];
  const { serverName, certificate, problem } = tls;
  const name = serverName === undefined ? "no name" : `the name ${serverName}`;
  if (certificate === undefined) return [`TLS with ${name}: refused`];
  const of = certificate.secret === "" ? "its own" : `of Secret ${certificate.secret}`;
  const goesOn = response === undefined ? "" : ", and the client goes on";
  const trust = problem === undefined ? "the client trusts it" : `${problem}${goesOn}`;
  return [`TLS with ${name}: certificate ${certificate.subject} (${of}); ${trust}`];
}

function stepLines(steps: readonly HttpStep[]): string[] {
  const width = Math.max(0, ...steps.map(({ phase }) => phase.length));
  return steps.map(({ phase, text, origin }) => `    ${phase.padEnd(width)}   ${text}${originText(origin)}`);
}

function originText(origin: Origin | undefined): string {
  if (origin === undefined) return "";
  const { object, reason, position } = origin;
  const at = position === undefined ? "" : `, ${formatPosition(position)}`;
  return `   # ${object}, ${reason}${at}`;
}

function headerLines(before: SentRequest, after: SentRequest | undefined): string[] {
  if (after === undefined) return [];
  const { set, removed } = changedHeaders(before, after);
  const target = before.target === after.target ? [] : [`    ${before.target} is asked for as ${after.target}`];
  const lines = set.map(([name, value]) => `    + ${writtenHeaderName(name)}: ${value}`);
  return [...target, ...lines, ...removed.map((name) => `    - ${writtenHeaderName(name)}`)];
}

/** What came back; a client that then gives up says why: after too many redirects, for example. */
function answerLine({ response, failure, server, tookMs }: HttpExchange): string {
  const after = tookMs === 0 ? "" : ` after ${tookMs} ms`;
  if (response === undefined) return `no answer${after}: ${failure?.message ?? ""} (curl: ${failure?.code ?? 0})`;
  const { location } = response.headers;
  const to = location === undefined ? "" : `, Location: ${location}`;
  const end = failure === undefined ? "" : `; the client gives up: ${failure.message} (curl: ${failure.code})`;
  return `${response.status} from ${server}${after}: ${response.body.length} bytes${to}${end}`;
}

/** What each connection cost, there and back, and together. */
function costLines(asked: readonly HttpTrace[], model: CostModel | undefined): string[] {
  const stages = asked.flatMap((trace) => stagesOf(trace, "client"));
  const width = Math.max(...stages.map(({ name }) => name.length));
  const total = stages.reduce((sum: Cost, { trace }) => addCosts(sum, trace.cost), zeroCost);
  const { mode } = asked[0]!;
  const lines = stages.map(({ name, trace }) => `  ${name.padEnd(width)}   ${costSummary(trace.cost)}`);
  const estimated = estimateText(estimate(total, mode, model ?? costModelFor(mode)));
  return ["counted, there and back", ...lines, `estimated for the kernels: ${estimated}`];
}

function stagesOf(trace: HttpTrace, from: string): Stage[] {
  const { http, receiver, sent } = trace;
  const to = receiver ?? joinHostPort(sent.destination, sent.destinationPort);
  const behind = http?.forwarded.flatMap((each) => stagesOf(each.trace, to)) ?? [];
  return [{ name: `${from} → ${to}`, trace }, ...behind];
}
