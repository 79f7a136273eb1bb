import { parseAddress } from "@kubenetsim/core/net/address";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { outcomeOf } from "@kubenetsim/core/trace/disposition";
import type { NameSystem } from "../../dns/programs/name-system.ts";
import { connectionTarget } from "../connection-target.ts";
import type { CurlOptions } from "../curl-options.ts";
import type { HttpFailure, HttpTrace } from "../http-exchange.ts";
import { placeOf, staysOpen } from "../http-requests.ts";
import { type HttpUrl, parseHttpUrl, urlText } from "../http-url.ts";
import { redirected } from "../redirected.ts";
import type { CurlArguments } from "./curl-arguments.ts";
import { badResolve, seconds, urlProblem } from "./curl-request.ts";
import { headText } from "./curl-response.ts";
import { CurlTalk } from "./curl-talk.ts";
import { writeOut } from "./write-out.ts";

/** What curl finds where it runs: on a node, in a Pod, on a host outside. */
export interface CurlSystem {
  names(): NameSystem;
  /** Asks for a URL whose name needs no look-up any more. */
  request(url: string, options: CurlOptions): HttpTrace;
}

/** What one URL came to. */
export interface Transferred {
  /** Heads and body, for the terminal or a file. */
  readonly output: string;
  /** What `-w` asks for. */
  readonly written: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** How long connect(2) tries with net.ipv4.tcp_syn_retries = 6, in ms. */
const connectTimeoutMs = 127_000;

/** Where curl itself would go on without end. */
const mostRedirects = 1000;

interface Asked {
  readonly url: HttpUrl;
  readonly options: CurlOptions;
}

/** One run of curl: URLs one after the other, over connections that stay open from one to the next. */
export class CurlTransfer {
  readonly #args: CurlArguments;
  readonly #system: CurlSystem;
  readonly #options: CurlOptions;
  readonly #open = new Map<string, { readonly trace: HttpTrace; readonly number: number }>();
  #connections = 0;
  #nowMs: number;

  constructor(args: CurlArguments, system: CurlSystem, options: CurlOptions) {
    this.#args = args;
    this.#system = system;
    this.#options = options;
    this.#nowMs = system.names().nowMs();
  }

  fetch(text: string, urlNumber: number): Transferred {
    const talk = new CurlTalk(this.#args, urlNumber);
    const problem = urlProblem(text) ?? this.#resolveProblem();
    if (problem !== undefined) return this.#ended({ text, urlNumber, talk, output: "", traces: [], failure: problem });
    let asked: Asked = { url: parseHttpUrl(text), options: this.#options };
    const traces: HttpTrace[] = [];
    let output = "";
    while (true) {
      const said = this.#ask(asked, talk);
      if ("failure" in said && said.trace === undefined) {
        return this.#ended({ text, urlNumber, talk, output, traces, failure: said.failure, url: asked.url });
      }
      const trace = said.trace!;
      traces.push(trace);
      const response = trace.http?.response;
      const next = this.#args.has("location") && response !== undefined ? redirected(asked, response) : undefined;
      const isRefused = this.#args.has("fail") && response !== undefined && response.status >= 400;
      const failure = isRefused
        ? { code: 22, message: `The requested URL returned error: ${response.status}` }
        : said.failure;
      if (response !== undefined) {
        if (this.#args.has("include") || this.#args.has("head")) output += headText(trace, { isCut: isRefused });
        if (next === undefined && failure === undefined) output += response.body;
      }
      talk.ended(trace, { failure: failure ?? said.failure, isFollowed: next !== undefined });
      if (next === undefined || failure !== undefined) {
        return this.#ended({ text, urlNumber, talk, output, traces, failure, url: asked.url });
      }
      const most = Number(this.#args.value("maxRedirs") ?? 50);
      if (most >= 0 && traces.length > most) {
        const failed = { code: 47, message: `Maximum (${most}) redirects followed` };
        talk.note(failed.message);
        return this.#ended({ text, urlNumber, talk, output, traces, failure: failed, url: asked.url });
      }
      if (traces.length > mostRedirects) {
        throw new UnsupportedError("curl --max-redirs -1 in a circle", `it has followed ${mostRedirects} redirects`);
      }
      talk.followed(asked.url, next.url);
      asked = next;
    }
  }

  #resolveProblem(): HttpFailure | undefined {
    const bad = badResolve(this.#args);
    return bad === undefined ? undefined : { code: 49, message: `Couldn't parse CURLOPT_RESOLVE entry '${bad}'` };
  }

  #ask(
    { url, options }: Asked,
    talk: CurlTalk,
  ): { readonly trace?: HttpTrace; readonly failure?: HttpFailure | undefined } {
    const kept = this.#open.get(placeOf(url));
    const target = connectionTarget(url, options);
    let { address } = target;
    const isCached = address !== undefined && parseAddress(target.host) === undefined;
    if (kept === undefined && address === undefined) {
      address = parseAddress(this.#system.names().resolve(target.host).addresses[0] ?? "");
      if (address === undefined) {
        const failure = { code: 6, message: `Could not resolve host: ${target.host}` };
        talk.unresolved(failure.message, this.#connections);
        return { failure };
      }
    }
    const number = kept?.number ?? this.#connections++;
    const resolve = address === undefined ? [] : [`${target.host}:${target.port}:${bracketed(address)}`];
    const asking = { ...options, resolve: [...resolve, ...(options.resolve ?? [])], connection: kept?.trace };
    const trace = this.#system.request(urlText(url), asking);
    if (staysOpen(trace)) this.#open.set(placeOf(url), { trace, number });
    else this.#open.delete(placeOf(url));
    this.#nowMs += trace.http?.tookMs ?? 0;
    const failure = this.#failureOf(trace, target);
    talk.asked({ url, trace, number, isCached, isKept: kept !== undefined, target, failure, options });
    return { trace, failure };
  }

  #failureOf(
    trace: HttpTrace,
    { host, port }: { readonly host: string; readonly port: number },
  ): HttpFailure | undefined {
    const outcome = outcomeOf(trace.disposition);
    if (outcome === "ok") return trace.http?.failure;
    if (outcome === "closed") return { code: 52, message: "Empty reply from server" };
    const failed = `Failed to connect to ${host} port ${port} after`;
    if (outcome === "refused") return { code: 7, message: `${failed} 0 ms: Couldn't connect to server` };
    const maxTimeMs = seconds(this.#args, "maxTime") ?? Number.POSITIVE_INFINITY;
    const limitMs = seconds(this.#args, "connectTimeout") ?? Number.POSITIVE_INFINITY;
    if (maxTimeMs <= Math.min(limitMs, connectTimeoutMs)) {
      return { code: 28, message: `Connection timed out after ${maxTimeMs} milliseconds` };
    }
    if (limitMs < connectTimeoutMs) return { code: 28, message: `${failed} ${limitMs} ms: Timeout was reached` };
    return { code: 28, message: `${failed} ${connectTimeoutMs} ms: Couldn't connect to server` };
  }

  #ended({
    text,
    urlNumber,
    talk,
    output,
    traces,
    failure,
    url,
  }: {
    readonly text: string;
    readonly urlNumber: number;
    readonly talk: CurlTalk;
    readonly output: string;
    readonly traces: readonly HttpTrace[];
    readonly failure: HttpFailure | undefined;
    readonly url?: HttpUrl;
  }): Transferred {
    const format = this.#args.value("writeOut");
    const known = { text, urlNumber, traces, failure, effective: url === undefined ? text : urlText(url) };
    const { written, problem } = format === undefined ? { written: "", problem: "" } : writeOut(format, known);
    const isQuiet = this.#args.has("silent") && !this.#args.has("showError");
    const said = failure === undefined || isQuiet ? "" : errorText(failure);
    return { output, written, stderr: `${talk.text}${said}${problem}`, exitCode: failure?.code ?? 0 };
  }
}

function errorText({ code, message }: HttpFailure): string {
  const more = `More details here: https://curl.se/docs/sslcerts.html

curl failed to verify the legitimacy of the server and therefore could not
establish a secure connection to it. To learn more about this situation and
how to fix it, please visit the web page mentioned above.
`;
  return `curl: (${code}) ${message}\n${code === 60 ? more : ""}`;
}

function bracketed(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
