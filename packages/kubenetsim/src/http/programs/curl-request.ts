import { parseAddress } from "@kubenetsim/core/net/address";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { FileTree } from "@kubenetsim/kubectl";
import type { CurlOptions } from "../curl-options.ts";
import type { HttpFailure } from "../http-exchange.ts";
import { parseHttpUrl } from "../http-url.ts";
import type { CurlArguments } from "./curl-arguments.ts";

/** What the options ask for, or what curl says of those that it cannot take. */
export function requestOptions(args: CurlArguments, files: FileTree): CurlOptions | string {
  const data = dataOf(args, files);
  if (data?.problem !== undefined) return data.problem;
  const cacert = args.value("cacert");
  const authorities = cacert === undefined ? undefined : files.read(cacert);
  const body = args.has("get") ? undefined : data?.text;
  const maxTime = seconds(args, "maxTime");
  const method = args.value("request") || (args.has("head") ? "HEAD" : undefined);
  const userAgent = args.value("userAgent");
  const user = args.value("user");
  const referer = args.value("referer");
  return {
    headers: headersOf(args),
    cookies: cookiesOf(args),
    resolve: args.values("resolve"),
    connectTo: args.values("connectTo"),
    insecure: args.has("insecure"),
    proxyProtocol: args.has("haproxyProtocol"),
    ...(authorities !== undefined && { trusted: [authorities] }),
    ...(method !== undefined && { method }),
    ...(body !== undefined && { body }),
    ...(userAgent !== undefined && { userAgent }),
    ...(user !== undefined && { user }),
    ...(referer !== undefined && { referer }),
    ...(maxTime !== undefined && { maxTimeMs: maxTime }),
  };
}

/** An option in seconds as milliseconds; undefined where it was not given, or is 0, which is no limit. */
export function seconds(args: CurlArguments, name: "maxTime" | "connectTimeout"): number | undefined {
  const text = args.value(name);
  return text === undefined || Number(text) === 0 ? undefined : Math.round(1000 * Number(text));
}

/** With `-G` the data stands in the URL. */
export function queriedUrl(args: CurlArguments, url: string): string {
  const data = args.has("get") ? args.values("data").join("&") : "";
  return data === "" ? url : `${url}${url.includes("?") ? "&" : "?"}${data}`;
}

const dataOptions = ["data", "dataAscii", "dataBinary", "dataRaw"] as const;

/** Data of several options is joined by `&`; `@file` is what stands in a file, of which only `--data-binary` keeps the line feeds. */
function dataOf(
  args: CurlArguments,
  files: FileTree,
): { readonly text?: string; readonly problem?: string } | undefined {
  const texts: string[] = [];
  for (const name of dataOptions) {
    for (const value of args.values(name)) {
      if (name === "dataRaw" || !value.startsWith("@")) {
        texts.push(value);
        continue;
      }
      const text = files.read(value.slice(1));
      if (text === undefined) return { problem: `option ${shown[name]}: error encountered when reading a file` };
      texts.push(name === "dataBinary" ? text : text.replace(/[\r\n\0]/g, ""));
    }
  }
  return texts.length === 0 ? undefined : { text: texts.join("&") };
}

const shown = { data: "-d", dataAscii: "--data-ascii", dataBinary: "--data-binary", dataRaw: "--data-raw" };

/** `Name: value`; without a value the header is left out, `Name;` sends none of its own. */
function headersOf(args: CurlArguments): Record<string, string> {
  const headers = new Map<string, string>();
  for (const text of args.values("header")) {
    const at = text.indexOf(":");
    const name = text.slice(0, Math.max(at, 0)).trim().toLowerCase();
    if (name === "") continue;
    const value = text.slice(at + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined || before === "" ? value : `${before}, ${value}`);
  }
  return Object.fromEntries(headers);
}

function cookiesOf(args: CurlArguments): Record<string, string> {
  const pairs = args
    .values("cookie")
    .filter((value) => value.includes("="))
    .flatMap((value) => value.split(";"))
    .filter((pair) => pair.trim().replace(/^=.*/, "") !== "");
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = "", ...value] = pair.trim().split("=");
      return [name, value.join("=")];
    }),
  );
}

/** `--resolve` entries that curl cannot read. */
export function badResolve(args: CurlArguments): string | undefined {
  return args.values("resolve").find((text) => {
    const match = /^[+-]?([^:]+):(\d+):(.+)$/.exec(text);
    return match === null || parseAddress(match[3]!.split(",")[0]!.replace(/^\[|\]$/g, "")) === undefined;
  });
}

/** The number and words of curl for a URL that it cannot read; undefined for one that it can. */
export function urlProblem(text: string): HttpFailure | undefined {
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text) ?? [];
  if (scheme !== undefined && !/^https?$/i.test(scheme)) {
    return { code: 1, message: `Protocol "${scheme}" not supported or disabled in libcurl` };
  }
  try {
    parseHttpUrl(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { code: 3, message: "URL using bad/illegal format or missing URL" };
  }
}
