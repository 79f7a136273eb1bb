import { bodyLength } from "../../http/http-headers.ts";
import type { HttpRequest } from "../../http/http-message.ts";
import type { NginxSettings } from "../nginx-settings.ts";
import { headerBuffers } from "./header-buffers.ts";

/** What nginx answers to a request that it does not read to its end. */
export interface ReadingProblem {
  readonly status: 400 | 405 | 414 | 501;
  readonly text: string;
}

/** What was read of a request; undefined for what could not be. */
export interface ReadParts {
  readonly host: string | undefined;
  readonly target: unknown;
}

/**
 * Why nginx refuses a request by its line or its headers, in the order in which it reads them (src/http/ngx_http_request.c,
 * src/http/ngx_http_parse.c).
 */
export function readingProblem(
  request: HttpRequest,
  { host, target }: ReadParts,
  settings: NginxSettings,
): ReadingProblem | undefined {
  const { method, headers } = request;
  if (!/^[A-Z_-]+$/.test(method)) return wrong("a method that is none");
  const long = tooLong(request, settings);
  if (long?.status === 414) return long;
  if (target === undefined || hasControls.test(request.target)) return wrong("a target that nginx cannot read");
  if (long !== undefined) return long;
  for (const name in headers) if (isWrongLine(name, headers[name]!)) return wrong(`the header ${name}`);
  if (host === undefined) return wrong("no Host that nginx takes");
  const body = bodyProblem(headers);
  if (body !== undefined) return body;
  if (method === "TRACE" || method === "CONNECT") return { status: 405, text: `405: the method ${method}` };
  return undefined;
}

function wrong(what: string): ReadingProblem {
  return { status: 400, text: `400: ${what}` };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what nginx refuses
const hasControls = /[\x00-\x20\x7f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: what nginx refuses
const hasControlsOrColon = /[\x00-\x20:\x7f]/;

function isWrongLine(name: string, value: string): boolean {
  return name === "" || hasControlsOrColon.test(name) || value.includes("\0");
}

/** How a body's end is told. */
function bodyProblem(headers: HttpRequest["headers"]): ReadingProblem | undefined {
  let length: string | undefined;
  let encoding: string | undefined;
  for (const name in headers) {
    if (name.length !== 14 && name.length !== 17) continue;
    if (name.toLowerCase() === "content-length") length = headers[name];
    if (name.toLowerCase() === "transfer-encoding") encoding = headers[name];
  }
  if (length !== undefined && !/^\d+$/.test(length)) return wrong("an invalid Content-Length");
  if (encoding === undefined) return undefined;
  if (encoding.toLowerCase() !== "chunked") return { status: 501, text: "501: an unknown Transfer-Encoding" };
  return length === undefined ? undefined : wrong("Content-Length and Transfer-Encoding at the same time");
}

/** What stands in a line beside method and target: ` `, ` HTTP/1.1`, the line's end. */
const restOfLine = 12;
/** `: ` and the line's end. */
const restOfHeader = 4;

/**
 * Lines stand whole in one buffer (`ngx_http_alloc_large_header_buffer`): the first is `client_header_buffer_size` long, those after it are
 * `large_client_header_buffers`.
 */
function tooLong(request: HttpRequest, settings: NginxSettings): ReadingProblem | undefined {
  const { first, count, size } = headerBuffers(settings)!;
  if (3 * roughLength(request) <= first) return undefined;
  let left = first;
  let used = 0;
  for (const [at, length] of lineLengths(request).entries()) {
    if (length > left) {
      const isLine = at === 0;
      if (length > size || used === count) {
        return isLine ? { status: 414, text: "414: a line that is too long" } : wrong("headers that are too long");
      }
      used++;
      left = size;
    }
    left -= length;
  }
  return undefined;
}

/** At least a third of the bytes of a request's head. */
function roughLength({ method, target, host = "", headers }: HttpRequest): number {
  let length = method.length + target.length + host.length + 64;
  for (const name in headers) length += name.length + headers[name]!.length + restOfHeader;
  return length;
}

/** Bytes of the request line, of each header and of the empty line. */
function lineLengths({ method, target, host, headers, bodyBytes }: HttpRequest): number[] {
  const lines: [name: string, value: string][] = Object.entries(headers);
  if (host !== undefined) lines.unshift(["Host", host]);
  if (bodyBytes > 0) lines.push(["Content-Length", String(bodyBytes)]);
  const lengths = lines.map(([name, value]) => bodyLength(name) + bodyLength(value) + restOfHeader);
  return [method.length + target.length + restOfLine, ...lengths, 2];
}
