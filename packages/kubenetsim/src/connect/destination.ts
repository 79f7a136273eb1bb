import { type IpAddress, parseAddress } from "@kubenetsim/core/net/address";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import { ParseError } from "@kubenetsim/core/runtime/errors";

/** Where a packet is to go, as a user says it. */
export type Destination =
  | { readonly kind: "address"; readonly address: IpAddress; readonly port: number; readonly protocol: Protocol }
  /** A host name in a URL; what it means depends on who asks. */
  | { readonly kind: "name"; readonly name: string; readonly port: number; readonly protocol: Protocol }
  /** A Service's cluster IP; the port by number or name, or its only one. */
  | {
      readonly kind: "service";
      readonly namespace: string;
      readonly name: string;
      readonly port: string | undefined;
      readonly protocol: Protocol | undefined;
    };

/** One that needs no name looked up. */
export type AddressedDestination = Exclude<Destination, { readonly kind: "name" }>;

const forms = "a URL (http://web.shop), IP:PORT (10.96.0.10:53/udp) or svc/NAMESPACE/NAME:PORT";

/**
 * Reads `http://web.shop/cart`, `10.96.0.80:80`, `[fd00::1]:53/udp` or `svc/shop/api:grpc`.
 *
 * @throws ParseError for anything else.
 */
export function parseDestination(text: string): Destination {
  const destination = text.includes("://")
    ? parseUrl(text)
    : text.startsWith("svc/")
      ? parseService(text)
      : parseEndpoint(text);
  if (destination === undefined) {
    const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
    throw new ParseError(`"${shown}" is not a place that a packet can go to`, { hint: `expected ${forms}` });
  }
  return destination;
}

const urlPattern = /^(https?):\/\/(\[[^\]]+\]|[^:/?#[\]]+)(?::(\d{1,5}))?(?:[/?#].*)?$/;

function parseUrl(text: string): Destination | undefined {
  const match = urlPattern.exec(text);
  if (match === null) return undefined;
  const port = match[3] === undefined ? (match[1] === "https" ? 443 : 80) : readPort(match[3]);
  if (port === undefined) return undefined;
  const host = match[2]!.replace(/^\[|\]$/g, "");
  const address = parseAddress(host);
  return address === undefined
    ? { kind: "name", name: host.toLowerCase(), port, protocol: "TCP" }
    : { kind: "address", address, port, protocol: "TCP" };
}

function parseService(text: string): Destination | undefined {
  const match = /^svc\/([^/:]+)\/([^/:]+)(?::([^/:]+))?(?:\/(\w+))?$/.exec(text);
  if (match === null) return undefined;
  const protocol = match[4] === undefined ? undefined : readProtocol(match[4]);
  if (match[4] !== undefined && protocol === undefined) return undefined;
  return { kind: "service", namespace: match[1]!, name: match[2]!, port: match[3], protocol };
}

function parseEndpoint(text: string): Destination | undefined {
  const match = /^(?:\[([^\]]+)\]|([^:[\]/]+)):(\d{1,5})(?:\/(\w+))?$/.exec(text);
  if (match === null) return undefined;
  const address = parseAddress((match[1] ?? match[2])!);
  const port = readPort(match[3]!);
  const protocol = match[4] === undefined ? "TCP" : readProtocol(match[4]);
  if (address === undefined || port === undefined || protocol === undefined) return undefined;
  return { kind: "address", address, port, protocol };
}

function readPort(text: string): number | undefined {
  const port = Number(text);
  return port >= 1 && port <= 65535 ? port : undefined;
}

function readProtocol(text: string): Protocol | undefined {
  const upper = text.toUpperCase();
  return upper === "TCP" || upper === "UDP" || upper === "SCTP" ? upper : undefined;
}
