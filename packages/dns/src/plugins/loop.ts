import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { type DnsMessage, queryFor } from "../message/dns-message.ts";
import type { DnsName } from "../message/resource-record.ts";
import { oncePerBlock } from "./once-per-block.ts";
import type { PluginDefinition } from "./plugin.ts";
import { isInAnyZone } from "./zones.ts";

/** What the server asks itself at its start, to see whether its own queries come back to it. */
export interface LoopProbe {
  readonly name: DnsName;
  /** Filled when it has come back too often: the process ends with these words. */
  fatal: string | undefined;
  seen: number;
  /** After the probe the plugin only passes queries on. */
  isOver: boolean;
}

/** Ends the server when its forwarding leads back to itself (plugin/loop). */
export const loop: PluginDefinition = {
  name: "loop",
  setup: ({ words, zones, key, surroundings, sibling }) => {
    const reading = words();
    oncePerBlock(reading, () => {
      if (reading.nextArg()) throw reading.argErr();
    });
    const zone = zones[0]!;
    const probe = probeFor(zone, surroundings.random.fork("loop").next);
    return {
      offers: probe,
      handle: (next) => (request) => {
        if (probe.isOver || request.question.type !== "HINFO" || !isInAnyZone([zone], request.name))
          return next(request);
        if (request.name === probe.name) probe.seen++;
        if (probe.seen <= 2) return next(request);
        const [bound = ""] = (sibling("bind") as readonly string[] | undefined) ?? [];
        const way = `${joinHostPort(request.client, request.clientPort)} -> ${joinHostPort(bound, key.port)}`;
        probe.fatal ??=
          `Loop (${way}) detected for zone "${zone}", ` +
          `see https://coredns.io/plugins/loop#troubleshooting. Query: "HINFO ${probe.name}"`;
        return { rcode: "SERVFAIL", error: probe.fatal };
      },
    };
  },
};

/** Two numbers of 62 random bits, below the block's zone. */
function probeFor(zone: DnsName, next: () => number): LoopProbe {
  const number = (): bigint => (BigInt(Math.floor(next() * 2 ** 30)) << 32n) | BigInt(Math.floor(next() * 2 ** 32));
  const below = zone === "." ? "" : zone;
  return { name: `${number()}.${number()}.${below}`, fatal: undefined, seen: 0, isOver: false };
}

/** The query of a probe. */
export function probeQuery(probe: LoopProbe): DnsMessage {
  return queryFor(0, probe.name, "HINFO");
}
