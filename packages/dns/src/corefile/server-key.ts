import { ParseError, type SourcePosition, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { fullyQualified, lowerName } from "../message/dns-name.ts";
import type { CorefileWord, ServerKey } from "./corefile.ts";
import { splitZoneAndPort, ZoneError } from "./zone-and-port.ts";

const defaultPort = 53;
const otherTransports = ["tls", "quic", "grpc", "https3", "https", "unix"];

/**
 * Where a server block answers. A reverse zone that is not cut at a label's boundary counts as the several zones that make it up.
 *
 * @throws ParseError as CoreDNS says it (core/dnsserver/register.go, InspectServerBlocks); UnsupportedError for `tls://` and such.
 */
export function serverKeys(words: readonly CorefileWord[]): ServerKey[] {
  return words.flatMap(({ text, position }) => {
    const { zones, port } = zonesOf(withoutTransport(text, position), position);
    return zones.map(
      (zone): ServerKey => ({
        zone: lowerName(fullyQualified(zone)),
        port: port ?? defaultPort,
        transport: "dns",
        position,
      }),
    );
  });
}

function withoutTransport(text: string, position: SourcePosition): string {
  const other = otherTransports.find((transport) => text.startsWith(`${transport}://`));
  if (other !== undefined) throw new UnsupportedError(`transport ${other}`, `server block ${text}`, position);
  return text.startsWith("dns://") ? text.slice("dns://".length) : text;
}

function zonesOf(text: string, position: SourcePosition): { zones: readonly string[]; port: number | undefined } {
  try {
    const { zones, port } = splitZoneAndPort(text);
    for (const zone of zones) splitZoneAndPort(fullyQualified(zone));
    return { zones, port };
  } catch (error) {
    if (error instanceof ZoneError)
      throw new ParseError(`error inspecting server blocks: ${error.message}`, { position });
    throw error;
  }
}
