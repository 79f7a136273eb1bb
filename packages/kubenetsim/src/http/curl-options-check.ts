import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { CurlOptions } from "./curl-options.ts";

type Check = (name: string, value: unknown) => void;

const checks: Readonly<Record<keyof CurlOptions, Check>> = {
  method: checkWord,
  headers: (name, value) => checkPairs(name, value, ":"),
  cookies: (name, value) => checkPairs(name, value, "="),
  cookieJar: checkObject,
  body: checkText,
  bodyBytes: checkCount,
  resolve: checkTexts,
  connectTo: checkTexts,
  insecure: checkFlag,
  trusted: checkTexts,
  followRedirects: checkFlag,
  maxRedirects: checkCount,
  serverName: checkWord,
  user: checkLine,
  userAgent: checkLine,
  referer: checkLine,
  proxyProtocol: checkFlag,
  maxTimeMs: checkTime,
  connection: checkObject,
};

/**
 * Looks at options before anything is sent: libcurl would send a line feed in a header as it stands, and with it a header more.
 *
 * @throws ParseError for what is no options of curl
 */
export function checkCurlOptions(options: unknown): asserts options is CurlOptions {
  checkObject("options", options);
  for (const [name, check] of Object.entries(checks)) {
    const value = (options as Readonly<Record<string, unknown>>)[name];
    if (value !== undefined) check(name, value);
  }
}

function wrong(name: string, is: string, hint: string): ParseError {
  return new ParseError(`curl's ${name} ${is}`, { hint });
}

function checkObject(name: string, value: unknown): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return;
  throw wrong(name, "is no object", 'for example { headers: { "X-Team": "a" } }');
}

function checkFlag(name: string, value: unknown): void {
  if (typeof value !== "boolean") throw wrong(name, "is neither true nor false", `for example { ${name}: true }`);
}

function checkCount(name: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return;
  throw wrong(name, "is not a whole number from 0 on", `for example { ${name}: 10 }`);
}

function checkTime(name: string, value: unknown): void {
  if (typeof value === "number" && value > 0) return;
  throw wrong(name, "is not a number of milliseconds above 0", `for example { ${name}: 1500 }`);
}

function checkText(name: string, value: unknown): asserts value is string {
  if (typeof value !== "string") throw wrong(name, "is no text", "it takes a string");
}

/** Text that stands in one line of a request. */
function checkLine(name: string, value: unknown): asserts value is string {
  checkText(name, value);
  if (/[\r\n\0]/.test(value)) throw wrong(name, "has a line feed, carriage return or NUL", "give each header alone");
}

function checkWord(name: string, value: unknown): void {
  checkLine(name, value);
  if (value === "") throw wrong(name, "is empty", `leave ${name} away to have curl's own`);
}

function checkTexts(name: string, value: unknown): void {
  if (!Array.isArray(value)) throw wrong(name, "is no array", `for example { ${name}: ["…"] }`);
  for (const [i, each] of value.entries()) checkText(`${name}[${i}]`, each);
}

function checkPairs(name: string, value: unknown, separator: ":" | "="): void {
  checkObject(name, value);
  for (const [key, text] of Object.entries(value as object)) {
    const shown = `${name}[${JSON.stringify(key)}]`;
    checkLine(shown, text);
    if (/[\r\n\0]/.test(key) || key.trim() === "" || key.includes(separator) || key === "__proto__") {
      throw wrong(shown, "has a name that is none", `for example { ${name}: { theme: "dark" } }`);
    }
  }
}
