import { outcomeLine } from "@kubenetsim/network/format/outcome";
import type { Host } from "@kubenetsim/network/topology/host";
import type { Topology } from "@kubenetsim/network/topology/topology";
import type { Tracer } from "@kubenetsim/network/trace/tracer";
import { firstSetDifference } from "../first-difference.ts";
import type { Probe, ProbeRecord } from "./probe.ts";

/** Enough draws to find each of a few endpoints: of five, one stays unseen with a chance of 10^-19. */
const leastTries = 200;
const firstEphemeralPort = 32768;

/** Connects as a probe says and holds the set of outcomes against the recorded one. */
export function probeDifference(tracer: Tracer, probe: Probe, record: ProbeRecord): string | undefined {
  const lines = outcomes(tracer, probe);
  if (!probe.sticky) return firstSetDifference(record.outcomes, [...new Set(lines)]);
  const first = lines[0]!.split(" ")[0];
  const isSticky = lines.every((line) => line === lines[0]);
  return firstSetDifference(record.outcomes, [`sticky=${isSticky ? "True" : "False"} first=${first}`]);
}

/** Each connection has a port of its own, from the range of the kernel's ephemeral ports. */
function outcomes(tracer: Tracer, probe: Probe): string[] {
  const from = hostOf(tracer.walker.topology, probe.from);
  const lines: string[] = [];
  const tries = probe.sticky ? probe.count : Math.max(probe.count, leastTries);
  for (let i = 0; i < tries; i++) {
    const trace = tracer.trace({
      from,
      protocol: probe.protocol,
      destination: probe.destination,
      destinationPort: probe.port,
      sourcePort: firstEphemeralPort + i,
      ...(probe.source === undefined ? {} : { source: probe.source }),
    });
    lines.push(outcomeLine(trace));
  }
  return lines;
}

function hostOf(topology: Topology, from: string): Host {
  const [kind, ...rest] = from.split("/");
  const host =
    kind === "pod"
      ? topology.pods.get(rest.join("/"))
      : kind === "node"
        ? topology.nodes.get(rest[0]!)
        : topology.clients.get(from);
  if (host === undefined) throw new Error(`a probe from ${from}`);
  return host;
}
