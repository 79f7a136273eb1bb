import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { ServerKey } from "../corefile/corefile.ts";
import type { DnsName } from "../message/resource-record.ts";
import type { RunningBlock } from "./running-block.ts";

/** A zone that is served on a listener, and by which block. */
export interface ServedZone {
  readonly zone: DnsName;
  readonly block: RunningBlock;
}

/** An address and port with all the blocks that answer there. */
export interface Listener {
  /** Empty for all addresses. */
  readonly address: string;
  readonly port: number;
  /** The longest first. */
  readonly zones: readonly ServedZone[];
  /** True where a plugin answers classes other than IN (core/dnsserver/server.go, EnableChaos). */
  readonly otherClasses: boolean;
}

/**
 * The listeners that the blocks make together.
 *
 * @throws ParseError for a port that is none, and where two blocks serve one zone on one address (core/dnsserver/address.go)
 */
export function listenersOf(blocks: readonly RunningBlock[]): Listener[] {
  refuseBadPorts(blocks);
  refuseOverlaps(blocks);
  const groups = new Map<string, { address: string; port: number; zones: ServedZone[] }>();
  for (const block of blocks) {
    for (const key of block.keys) {
      for (const address of block.addresses) {
        const name = `${address} ${key.port}`;
        const group = groups.get(name) ?? { address, port: key.port, zones: [] };
        groups.set(name, group);
        group.zones.push({ zone: key.zone, block });
      }
    }
  }
  return [...groups.values()].map(({ address, port, zones }) => ({
    address,
    port,
    zones: zones.sort((a, b) => b.zone.length - a.zone.length),
    otherClasses: zones.some(({ block }) => block.answersOtherClasses),
  }));
}

/** As Go refuses them where it resolves the address to listen on. */
function refuseBadPorts(blocks: readonly RunningBlock[]): void {
  for (const key of blocks.flatMap(({ keys }) => keys)) {
    if (key.port < 0 || key.port > 65535) throw refusal(key, `address ${key.port}: invalid port`);
  }
}

function refuseOverlaps(blocks: readonly RunningBlock[]): void {
  const served = new Set<string>();
  const bound = new Map<string, string>();
  for (const block of blocks) {
    for (const key of block.keys) {
      for (const address of block.addresses) {
        const everywhere = zoneAddress(key, "");
        const here = zoneAddress(key, address);
        if (served.has(here)) throw refusal(key, `cannot serve ${here} - it is already defined`);
        const other = address === "" ? bound.get(everywhere) : served.has(everywhere) ? everywhere : undefined;
        if (other !== undefined) {
          throw refusal(key, `cannot serve ${here} - zone overlap listener capacity with ${other}`);
        }
        served.add(here);
        bound.set(everywhere, here);
      }
    }
  }
}

function zoneAddress(key: ServerKey, address: string): string {
  return `dns://${key.zone}:${key.port}${address === "" ? "" : ` on ${address}`}`;
}

function refusal(key: ServerKey, message: string): ParseError {
  return new ParseError(message, { position: key.position });
}
