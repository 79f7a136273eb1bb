import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { addressWords } from "@kubenetsim/core/net/address";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { type SentPackets, sendMany } from "@kubenetsim/network/trace/many-packets";
import type { ManySender, ManyTarget } from "@kubenetsim/network/trace/packet-writer";
import type { Tracer } from "@kubenetsim/network/trace/tracer";
import type { RememberingWalker } from "@kubenetsim/network/walk/remembering-walker";
import { parseDestination } from "./destination.ts";
import { type ManyPackets, readPairs } from "./many-packets.ts";
import { resolveDestination } from "./resolve-destination.ts";
import { resolveSource } from "./resolve-source.ts";
import { parseSource, type Source } from "./source.ts";

interface ReadyNetwork {
  readonly state: ClusterState;
  readonly tracer: Tracer<RememberingWalker>;
}

/** What packets are sent in. */
export interface PacketSurroundings {
  readonly seed: string;
  /** The network with a sender in it. */
  readonly ready: (from: Source) => ReadyNetwork;
  /** Sends packets that no node tracks through the network that is ready. */
  readonly untracked: () => Tracer<RememberingWalker>;
  readonly sourcePort: (index: number) => number;
}

/** Sends all packets of a plan. @throws ParseError for what does not exist; nothing has been sent then */
export function sendPackets(
  plan: ManyPackets,
  { seed, ready, untracked, sourcePort }: PacketSurroundings,
): SentPackets {
  const pairs = readPairs(plan, seed);
  const sources = plan.from.map(parseSource);
  // A host outside that has not sent yet is put into the network.
  for (const from of sources) if (from.kind === "external") ready(from);
  const network = ready(sources[0]!);
  const targets = plan.to.map((text) => targetOf(network.state, text));
  const senders = sources.map((from) => senderOf(network, from));
  const { replies = true, conntrack = true, traces = false } = plan;
  const tracer = conntrack ? network.tracer : untracked();
  return sendMany(tracer, { senders, targets, ...pairs, sourcePort, replies, traces });
}

function senderOf({ state, tracer }: ReadyNetwork, from: Source): ManySender {
  const { host, address } = resolveSource(state, tracer.walker.topology, from);
  return { host, source: address && addressWords(address) };
}

function targetOf(state: ClusterState, text: string): ManyTarget {
  const destination = parseDestination(text);
  if (destination.kind === "name") {
    throw new ParseError(`"${text}" is a name, and names are not looked up for many packets`, {
      hint: "give an address (10.96.0.10:53/udp) or a Service (svc/shop/web)",
    });
  }
  const { address, port, protocol } = resolveDestination(state, destination);
  return { address: addressWords(address), port, protocol };
}
