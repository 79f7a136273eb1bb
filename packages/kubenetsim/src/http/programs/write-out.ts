import type { HttpFailure, HttpTrace } from "../http-exchange.ts";
import { parseHttpUrl, redirectTarget, urlText } from "../http-url.ts";
import { headLines } from "./curl-response.ts";

/** What `-w` knows of a transfer. */
export interface Known {
  /** The URL as it was typed. */
  readonly text: string;
  readonly urlNumber: number;
  /** The URL that was asked for last. */
  readonly effective: string;
  readonly traces: readonly HttpTrace[];
  readonly failure: HttpFailure | undefined;
}

type Variable = (known: Known, last: HttpTrace | undefined) => string | number;

const variables: Readonly<Record<string, Variable>> = {
  content_type: (_, last) => last?.http?.response?.headers["content-type"] ?? "",
  errormsg: ({ failure }) => failure?.message ?? "",
  exitcode: ({ failure }) => failure?.code ?? 0,
  http_code: (_, last) => String(last?.http?.response?.status ?? 0).padStart(3, "0"),
  http_version: (_, last) =>
    last?.http?.response === undefined ? "0" : last.http.tls?.protocol === "h2" ? "2" : "1.1",
  local_ip: (_, last) => last?.sent.source ?? "",
  local_port: (_, last) => last?.sent.sourcePort ?? 0,
  method: (_, last) => last?.http?.request.method ?? "",
  num_connects: ({ traces }) => new Set(traces.map(({ sent }) => sent.sourcePort)).size,
  num_headers: (_, last) => (last?.http?.response === undefined ? 0 : headLines(last).length - 1),
  num_redirects: ({ traces }) => Math.max(0, traces.length - 1),
  redirect_url: ({ effective }, last) => {
    const location = last?.http?.response?.headers.location;
    return location === undefined ? "" : urlText(redirectTarget(parseHttpUrl(effective), location));
  },
  remote_ip: (_, last) => last?.sent.destination ?? "",
  remote_port: (_, last) => last?.sent.destinationPort ?? 0,
  response_code: (known, last) => variables.http_code!(known, last),
  scheme: (_, last) => last?.http?.request.scheme.toUpperCase() ?? "",
  size_download: (_, last) => last?.http?.response?.body.length ?? 0,
  size_header: ({ traces }) => traces.map(headSize).reduce((sum, size) => sum + size, 0),
  size_upload: (_, last) => last?.http?.request.bodyBytes ?? 0,
  ssl_verify_result: (_, last) => (last?.http?.tls?.problem?.startsWith("SSL certificate problem") === true ? 18 : 0),
  time_appconnect: () => secondsText(0),
  time_connect: () => secondsText(0),
  time_namelookup: () => secondsText(0),
  time_pretransfer: () => secondsText(0),
  time_redirect: () => secondsText(0),
  time_starttransfer: ({ traces }) => secondsText(tookMs(traces)),
  time_total: ({ traces }) => secondsText(tookMs(traces)),
  url: ({ text }) => text,
  url_effective: ({ effective, traces }) =>
    traces.length > 0 && /^[^/]*:\/\//.test(effective) ? effective : effective,
  urlnum: ({ urlNumber }) => urlNumber,
};

/** `%{http_code}` and the like (src/tool_writeout.c), and what curl says of names that it does not know. */
export function writeOut(format: string, known: Known): { readonly written: string; readonly problem: string } {
  const last = known.traces.at(-1);
  let problem = "";
  const written = format.replace(/%\{([^}]*)\}|%%|\\([nrt])/g, (text, name: string | undefined, letter: string) => {
    if (text === "%%") return "%";
    if (name === undefined) return { n: "\n", r: "\r", t: "\t" }[letter]!;
    const variable = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (variable !== undefined) return String(variable(known, last));
    problem += `curl: unknown --write-out variable: '${name}'\n`;
    return "";
  });
  return { written, problem };
}

/** Heads with their line ends, two bytes each. */
function headSize(trace: HttpTrace): number {
  if (trace.http?.response === undefined) return 0;
  return headLines(trace).reduce((sum, line) => sum + line.length + 2, 2);
}

function tookMs(traces: readonly HttpTrace[]): number {
  return traces.reduce((sum, { http }) => sum + (http?.tookMs ?? 0), 0);
}

function secondsText(ms: number): string {
  return (ms / 1000).toFixed(6);
}
