import { ParseError } from "@kubenetsim/core/runtime/errors";
import { seededRandom } from "@kubenetsim/core/runtime/random";

/** For each packet an index: written out, or computed from the packet's own number. */
export type PacketIndices = ArrayLike<number> | ((packet: number) => number);

/** Many first packets of connections. */
export interface ManyPackets {
  /** Who sends: `pod/shop/client`, `node/n1`, `external:203.0.113.7`. */
  readonly from: readonly string[];
  /** Where they go: `svc/shop/web:http`, `10.96.0.10:53/udp`. Names are not looked up. */
  readonly to: readonly string[];
  /** How many packets, at most 10,000,000. */
  readonly count: number;
  /** For each packet, an index in `from`; drawn by the seed, each as likely, unless given. */
  readonly sender?: PacketIndices;
  /** For each packet, an index in `to`; drawn by the seed, each as likely, unless given. */
  readonly destination?: PacketIndices;
  /** Of what is drawn: equal seeds draw the same pairs. The cluster's unless given. */
  readonly seed?: string;
  /**
   * Whether answers are walked as well; they are unless this is `false`. Then only first packets are sent, of connections that nobody answers:
   * what a trace tells of the request is told of each, conntrack keeps them as not replied, and `reply` is 0 of everything. A node's rules
   * are not asked again for a packet that fares as an earlier one did, so that this takes a small part of the time.
   */
  readonly replies?: boolean;
  /**
   * `false`, with `replies: false`: no node's conntrack sees the packets. Each is the first of a connection wherever it comes, whatever
   * was sent before, and leaves none: what a set of rules costs, with a packet's memory for nothing. No kernel does so; counters,
   * affinity and IPVS go on as ever.
   */
  readonly conntrack?: boolean;
  /** `true`: the result has each packet's trace, of 100,000 packets at most. */
  readonly traces?: boolean;
}

/** Each takes some hundred bytes, with the connections that it leaves on its hosts. */
const mostPackets = 10_000_000;
/** Each takes some thousand bytes. */
const mostTraces = 100_000;

/** For each packet, who sends and where it goes. @throws ParseError for indices of nobody, and numbers that cannot be */
export function readPairs(plan: ManyPackets, seed: string): { readonly from: Uint32Array; readonly to: Uint32Array } {
  const { from, to, count, sender, destination } = plan;
  requireAnswer("replies", plan.replies);
  requireAnswer("conntrack", plan.conntrack);
  requireAnswer("traces", plan.traces);
  if (plan.conntrack === false && plan.replies !== false) {
    throw new ParseError("conntrack: answers find their way back by it", { hint: "give replies: false as well" });
  }
  requireTexts("from", from);
  requireTexts("to", to);
  const most = plan.traces === true ? mostTraces : mostPackets;
  if (!Number.isInteger(count) || count < 0 || count > most) {
    throw new ParseError(`count: must be a whole number from 0 to ${most}, not ${String(count)}`, {
      hint: "send more in several calls",
    });
  }
  const random = seededRandom(plan.seed ?? seed).fork("packets");
  const senders = random.fork("sender");
  const destinations = random.fork("destination");
  return {
    from: indices("sender", sender ?? (() => senders.below(from.length)), count, from.length),
    to: indices("destination", destination ?? (() => destinations.below(to.length)), count, to.length),
  };
}

function requireAnswer(name: string, given: unknown): void {
  if (given === undefined || typeof given === "boolean") return;
  throw new ParseError(`${name}: must be true or false, not ${String(given)}`);
}

function requireTexts(name: string, texts: unknown): void {
  if (Array.isArray(texts) && texts.length > 0 && texts.every((text) => typeof text === "string")) return;
  throw new ParseError(`${name}: must be a list of texts, one at least`);
}

function indices(name: string, given: PacketIndices, count: number, bound: number): Uint32Array {
  const read = new Uint32Array(count);
  if (typeof given !== "function" && given.length < count) {
    throw new ParseError(`${name}: has ${given.length} indices for ${count} packets`);
  }
  for (let i = 0; i < count; i++) {
    const index = typeof given === "function" ? given(i) : given[i]!;
    if (!Number.isInteger(index) || index < 0 || index >= bound) {
      throw new ParseError(`${name} of packet ${i}: must be an index below ${bound}, not ${String(index)}`);
    }
    read[i] = index;
  }
  return read;
}
