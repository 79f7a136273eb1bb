import type { Cost } from "@kubenetsim/core/trace/cost";
import type { PacketHeader } from "@kubenetsim/core/trace/packet-header";
import type { Step } from "@kubenetsim/core/trace/step";
import type { Hop, Path, Trace } from "@kubenetsim/core/trace/trace";

/**
 * A trace as plain data for JSON: the fields of `Trace` (core/trace/trace.ts) in its order, all texts made, fields without a
 * value left out. What `JSON.parse` gives back is a `Trace` again for `formatTrace` and `outcomeLine`.
 *
 * @example
 * process.stdout.write(`${JSON.stringify(traceToJson(trace), undefined, 2)}\n`);
 */
export function traceToJson(trace: Trace): Trace {
  return {
    seed: trace.seed,
    mode: trace.mode,
    disposition: trace.disposition,
    reason: trace.reason,
    sent: plainHeader(trace.sent),
    received: trace.received === undefined ? undefined : plainHeader(trace.received),
    receiver: trace.receiver,
    request: plainPath(trace.request),
    reply: trace.reply === undefined ? undefined : plainPath(trace.reply),
    cost: plainCost(trace.cost),
    ...(trace.warnings === undefined || trace.warnings.length === 0 ? {} : { warnings: trace.warnings }),
  };
}

function plainPath(path: Path): Path {
  return { hops: path.hops.map(plainHop), cost: plainCost(path.cost) };
}

function plainHop(hop: Hop): Hop {
  return {
    host: hop.host,
    hostKind: hop.hostKind,
    inDevice: hop.inDevice,
    outDevice: hop.outDevice,
    before: plainHeader(hop.before),
    after: plainHeader(hop.after),
    steps: hop.steps.map(plainStep),
  };
}

function plainStep(step: Step): Step {
  if (step.kind !== "rule") return step;
  const { kind, hook, table, chain, ruleNumber, chainLength, text, target, origin } = step;
  return { kind, hook, table, chain, ruleNumber, chainLength, text, target, origin };
}

function plainHeader(header: PacketHeader): PacketHeader {
  const { protocol, source, sourcePort, destination, destinationPort, icmp } = header;
  const plain = { protocol, source, sourcePort, destination, destinationPort };
  if (icmp === undefined) return plain;
  const { type, code, name, quoted } = icmp;
  return { ...plain, icmp: { type, code, name, quoted: plainHeader(quoted) } };
}

function plainCost(cost: Cost): Cost {
  return { ...cost };
}
