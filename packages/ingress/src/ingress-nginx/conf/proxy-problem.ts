import type { IngressAnnotations } from "../annotations/ingress-annotations.ts";
import type { ProxyOptions } from "../annotations/proxy.ts";
import { pcreProblem } from "./pcre-problem.ts";
import { nextUpstreamWords, proxyDirectives, proxyRedirect } from "./proxy-directives.ts";

const longest = 2n ** 63n - 1n;

const sizeText = /^([0-9]+)([km]?)$/i;
const offsetText = /^([0-9]+)([kmg]?)$/i;

/** Bytes of a size (src/core/ngx_parse.c `ngx_parse_size`); undefined for what is none. Gigabytes are for offsets alone. */
function sizeOf(text: string, pattern = sizeText): bigint | undefined {
  const [, digits, unit = ""] = pattern.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const size = BigInt(digits) * 1024n ** BigInt(" kmg".indexOf(unit.toLowerCase() || " "));
  return size > longest ? undefined : size;
}

type ArgumentCheck = (args: readonly string[]) => string | undefined;

const invalid = "directive invalid value";
const one =
  (isValid: (text: string) => boolean, what = invalid): ArgumentCheck =>
  ([text]) =>
    isValid(text!) ? undefined : what;
const time = one((text) => /^[0-9]+s?$/.test(text) && BigInt(text.replace("s", "")) * 1000n <= longest);
const size = one((text) => sizeOf(text) !== undefined);
const flag =
  (name: string): ArgumentCheck =>
  ([text]) =>
    /^o(n|ff)$/i.test(text!) ? undefined : `invalid value "${text}" in "${name}" directive, it must be "on" or "off"`;

/** How many arguments a directive takes, and what they may be. */
const checks: Readonly<Record<string, readonly [least: number, most: number, check: ArgumentCheck]>> = {
  proxy_connect_timeout: [1, 1, time],
  proxy_send_timeout: [1, 1, time],
  proxy_read_timeout: [1, 1, time],
  proxy_buffering: [1, 1, flag("proxy_buffering")],
  proxy_buffer_size: [1, 1, size],
  proxy_buffers: [2, 2, buffers],
  proxy_busy_buffers_size: [1, 1, size],
  proxy_max_temp_file_size: [1, 1, size],
  proxy_request_buffering: [1, 1, flag("proxy_request_buffering")],
  proxy_http_version: [1, 1, ([text]) => (text === "1.0" || text === "1.1" ? undefined : `invalid value "${text}"`)],
  proxy_cookie_domain: [1, 2, cookie],
  proxy_cookie_path: [1, 2, cookie],
  proxy_next_upstream_timeout: [1, 1, time],
  proxy_next_upstream_tries: [1, 1, one((text) => /^[0-9]+$/.test(text), "directive invalid number")],
  proxy_next_upstream: [1, 99, nextUpstream],
  proxy_redirect: [1, 2, redirect],
};

/** Of annotations that were looked at; each location of an Ingress has the same. */
const known = new WeakMap<IngressAnnotations, string>();

/** What nginx cannot read of how a location speaks to its upstream. */
export function proxyReadProblem(annotations: IngressAnnotations): string | undefined {
  let problem = known.get(annotations);
  if (problem === undefined) {
    problem = readProblem(annotations) ?? "";
    known.set(annotations, problem);
  }
  return problem === "" ? undefined : problem;
}

function readProblem({ proxy, backendProtocol }: IngressAnnotations): string | undefined {
  const next = `proxy_next_upstream ${nextUpstreamWords(proxy, { retryNonIdempotent: false })}`;
  for (const directive of [...bodySize(proxy), ...proxyDirectives(proxy), next, proxyRedirect(proxy)]) {
    const problem = directive && directiveProblem(directive);
    if (problem) return problem;
  }
  if (proxy.redirectFrom !== "default") return undefined;
  const protocol = backendProtocol.toUpperCase();
  if (protocol === "AUTO_HTTP") {
    return '"proxy_redirect default" cannot be used with "proxy_pass" directive with variables';
  }
  const isProxied = protocol === "HTTP" || protocol === "HTTPS" || protocol === "";
  return isProxied ? undefined : '"proxy_redirect default" should be placed after the "proxy_pass" directive';
}

function bodySize({ bodySize: text }: ProxyOptions): string[] {
  const isSet = /^\d+[kKmMgG]?$/.test(text.trim());
  return isSet ? [`client_max_body_size ${text}`] : [];
}

function directiveProblem(directive: string): string | undefined {
  const [name, ...args] = directive.split(/\s+/).filter((word) => word !== "") as [string, ...string[]];
  if (name === "client_max_body_size") {
    return sizeOf(args[0]!, offsetText) === undefined ? `"${name}" ${invalid}` : undefined;
  }
  const [least, most, check] = checks[name]!;
  if (args.length < least || args.length > most) return `invalid number of arguments in "${name}" directive`;
  const problem = check(args);
  return problem?.startsWith("directive ") ? `"${name}" ${problem}` : problem;
}

function buffers([number, text]: readonly string[]): string | undefined {
  const bytes = sizeOf(text!);
  return /^[0-9]+$/.test(number!) && Number(number) > 0 && bytes !== undefined && bytes > 0n ? undefined : invalid;
}

function cookie(args: readonly string[]): string | undefined {
  if (args.length === 1) return args[0] === "off" ? undefined : `invalid parameter "${args[0]}"`;
  return patternProblem(args[0]!);
}

function redirect(args: readonly string[]): string | undefined {
  if (args.length === 1)
    return args[0] === "off" || args[0] === "default" ? undefined : `invalid parameter "${args[0]}"`;
  return patternProblem(args[0]!);
}

function patternProblem(text: string): string | undefined {
  return text.startsWith("~") ? pcreProblem(text.slice(1)) : undefined;
}

const conditions: ReadonlySet<string> = new Set(
  `error timeout invalid_header non_idempotent http_500 http_502 http_503 http_504 http_403 http_404 http_429 updating
  off`.split(/\s+/),
);

function nextUpstream(words: readonly string[]): string | undefined {
  const wrong = words.find((word) => !conditions.has(word));
  return wrong && `invalid value "${wrong}"`;
}

/** What does not go together (src/http/modules/ngx_http_proxy_module.c `ngx_http_proxy_merge_loc_conf`). */
export function proxyMergeProblem(proxy: ProxyOptions): string | undefined {
  const number = BigInt(proxy.buffersNumber);
  const bytes = sizeOf(proxy.bufferSize) ?? 0n;
  if (number < 2n) return 'there must be at least 2 "proxy_buffers"';
  const busy = proxy.busyBuffersSize === "" ? 2n * bytes : (sizeOf(proxy.busyBuffersSize) ?? 0n);
  const largest = 'the maximum of the value of "proxy_buffer_size" and one of the "proxy_buffers"';
  if (busy < bytes) return `"proxy_busy_buffers_size" must be equal to or greater than ${largest}`;
  if (busy > (number - 1n) * bytes) {
    return '"proxy_busy_buffers_size" must be less than the size of all "proxy_buffers" minus one buffer';
  }
  const file = sizeOf(proxy.maxTempFileSize.trim());
  if (file === undefined || file === 0n || file >= bytes) return undefined;
  const usage = "to disable temporary files usage or must be equal to or greater than";
  return `"proxy_max_temp_file_size" must be equal to zero ${usage} ${largest}`;
}
