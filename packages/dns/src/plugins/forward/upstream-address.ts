import { parseAddress } from "@kubenetsim/core/net/address";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { Dispenser } from "../../corefile/dispenser.ts";

export interface UpstreamAddress {
  readonly address: string;
  readonly port: number;
}

/**
 * The servers that a `forward` line names: addresses, with a port or without, and files that list nameservers as resolv.conf does
 * (plugin/pkg/parse, HostPortOrFile). Each once.
 *
 * @throws UnsupportedError for a server by name, or by another transport
 */
export function readUpstreams(
  words: Dispenser,
  texts: readonly string[],
  readFile: (path: string) => string | undefined,
): UpstreamAddress[] {
  const all = texts.flatMap((text) => upstreamsOf(words, text, readFile));
  const seen = new Set<string>();
  return all.filter(({ address, port }) => !seen.has(`${address} ${port}`) && seen.add(`${address} ${port}`));
}

function upstreamsOf(
  words: Dispenser,
  text: string,
  readFile: (path: string) => string | undefined,
): UpstreamAddress[] {
  const [, transport = "dns", host] = /^(?:(tls|dns|quic|grpc|https3?|unix):\/\/)?(.*)$/s.exec(text)! as unknown as [
    string,
    string | undefined,
    string,
  ];
  if (host === "") throw words.plainErr(`invalid address: "${text}"`);
  if (transport === "https3" || transport === "grpc" || transport === "unix") {
    const whole = transport === "grpc" && address(host) !== undefined ? `${text}:443` : text;
    throw words.plainErr(`'${transport}' is not supported as a destination protocol in forward: ${whole}`);
  }
  if (transport !== "dns")
    throw new UnsupportedError(`forward to ${text}`, "transports other than plain DNS", words.position());
  const upstream = addressOf(host);
  if (upstream !== undefined) return [upstream];
  const file = readFile(host);
  if (file !== undefined) return nameserversOf(file);
  if (host.includes("/")) throw words.plainErr(`failed to resolve "${host}": lookup ${host}.: no such host`);
  throw new UnsupportedError(`forward to ${text}`, "upstream servers by name", words.position());
}

function addressOf(host: string): UpstreamAddress | undefined {
  const whole = address(host.replace(/^\[|\]$/g, ""));
  if (whole !== undefined) return { address: whole, port: 53 };
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(host);
  const parsed = match === null ? undefined : address((match[1] ?? match[2])!);
  return parsed === undefined ? undefined : { address: parsed, port: Number(match![3]) };
}

/** A zone behind `%` does not count. */
function address(text: string): string | undefined {
  return parseAddress(text.replace(/%.*$/, ""));
}

function nameserversOf(file: string): UpstreamAddress[] {
  return file.split("\n").flatMap((line) => {
    const [keyword, server] = line.trim().split(/\s+/);
    if (keyword !== "nameserver" || server === undefined) return [];
    return [{ address: address(server) ?? server, port: 53 }];
  });
}
