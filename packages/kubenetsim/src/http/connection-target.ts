import { type IpAddress, parseAddress } from "@kubenetsim/core/net/address";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { CurlOptions } from "./curl-options.ts";
import type { HttpUrl } from "./http-url.ts";

/** Where a client connects: a host to be looked up, or an address at once. */
export interface ConnectionTarget {
  readonly host: string;
  readonly port: number;
  /** undefined where the host is a name to be looked up. */
  readonly address: IpAddress | undefined;
}

/** `--connect-to`, then `--resolve`, then what the URL says. @throws ParseError for what these options do not take */
export function connectionTarget(url: HttpUrl, { connectTo = [], resolve = [] }: CurlOptions): ConnectionTarget {
  let { host, port } = url;
  for (const text of connectTo) {
    const [fromHost = "", fromPort = "", toHost = "", toPort = ""] = partsOf(text, 4);
    const fits =
      (fromHost === "" || fromHost.toLowerCase() === url.host.toLowerCase()) &&
      (fromPort === "" || Number(fromPort) === url.port);
    if (!fits) continue;
    if (toHost !== "") host = toHost;
    if (toPort !== "") port = Number(toPort);
    break;
  }
  return { host, port, address: resolved(host, port, resolve) ?? ownAddress(host) };
}

function resolved(host: string, port: number, resolve: readonly string[]): IpAddress | undefined {
  let found: IpAddress | undefined;
  let byStar: IpAddress | undefined;
  for (const text of resolve) {
    const [name = "", given = "", addresses = ""] = partsOf(text.replace(/^\+/, ""), 3);
    const address = parseAddress(addresses.split(",")[0]!.replace(/^\[|\]$/g, ""));
    if (!/^\d+$/.test(given) || address === undefined) {
      throw new ParseError(`"${text}" does not say where a name is`, { hint: "--resolve takes HOST:PORT:ADDRESS" });
    }
    if (Number(given) !== port) continue;
    if (name === "*") byStar = address;
    else if (name.toLowerCase() === host.toLowerCase()) found = address;
  }
  return found ?? byStar;
}

/** curl knows localhost itself. */
function ownAddress(host: string): IpAddress | undefined {
  const isLocal = /^(.*\.)?localhost\.?$/i.test(host);
  return isLocal ? parseAddress("127.0.0.1") : parseAddress(host);
}

/** Parts between colons, the last one to the end; addresses in brackets are whole. */
function partsOf(text: string, count: number): string[] {
  const parts: string[] = [];
  let rest = text;
  while (parts.length < count - 1) {
    const end = rest.startsWith("[") ? rest.indexOf("]") + 1 : rest.indexOf(":");
    if (end < 0) break;
    parts.push(rest.slice(0, end).replace(/^\[|\]$/g, ""));
    rest = rest.slice(end + (rest[end] === ":" ? 1 : 0));
  }
  return [...parts, rest.replace(/^\[([^\]]*)\]$/, "$1")];
}
