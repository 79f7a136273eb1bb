import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { CurlOptions } from "../http/curl-options.ts";
import type { Arguments, Option } from "./command.ts";
import { readTextFile } from "./input-files.ts";
import type { Terminal } from "./terminal.ts";

/** Options of a request, beside the URL: named as curl's. */
export const requestOptions: Readonly<Record<string, Option>> = {
  header: {
    type: "string",
    multiple: true,
    short: "H",
    value: "NAME:VALUE",
    help: "a header of the request; may be given again",
  },
  method: {
    type: "string",
    short: "X",
    value: "METHOD",
    help: "the request's method (default: GET, or POST with data)",
  },
  cookie: { type: "string", multiple: true, short: "b", value: "NAME=VALUE", help: "a cookie; may be given again" },
  "data-bytes": { type: "string", value: "NUMBER", help: "a body of so many bytes" },
  resolve: { type: "string", multiple: true, value: "HOST:PORT:ADDRESS", help: "where a name is; may be given again" },
  insecure: { type: "boolean", short: "k", help: "trust any certificate" },
  cacert: { type: "string", value: "FILE", help: "PEM of the authorities to trust" },
  "server-name": { type: "string", value: "NAME", help: "the name of the TLS handshake (default: the URL's)" },
  location: { type: "boolean", short: "L", help: "follow redirects" },
};

/** @throws ParseError for what is no header, cookie or number */
export function readRequest(args: Arguments, terminal: Terminal): CurlOptions {
  const method = args.text("method");
  const bytes = args.text("data-bytes");
  const cacert = args.text("cacert");
  const serverName = args.text("server-name");
  if (bytes !== undefined && !/^\d{1,15}$/.test(bytes)) {
    throw new ParseError(`--data-bytes takes a number of bytes, not "${bytes}"`, { hint: "for example 1048577" });
  }
  return {
    headers: pairs(args, "header", ":"),
    cookies: pairs(args, "cookie", "="),
    resolve: args.texts("resolve"),
    insecure: args.flag("insecure"),
    followRedirects: args.flag("location"),
    ...(method !== undefined && { method }),
    ...(bytes !== undefined && { bodyBytes: Number(bytes) }),
    ...(serverName !== undefined && { serverName }),
    ...(cacert !== undefined && { trusted: [readTextFile(cacert, terminal)] }),
  };
}

/** Whether the command line asks for more than a connection. */
export function asksForRequest(args: Arguments): boolean {
  return Object.entries(requestOptions).some(([name, { type }]) =>
    type === "boolean" ? args.flag(name) : args.texts(name).length > 0,
  );
}

function pairs(args: Arguments, name: string, separator: ":" | "="): Record<string, string> {
  return Object.fromEntries(
    args.texts(name).map((text) => {
      const at = text.indexOf(separator);
      if (at <= 0) {
        throw new ParseError(`--${name} takes ${requestOptions[name]!.value}, not "${text}"`);
      }
      return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    }),
  );
}
