import type { AddressWords } from "@kubenetsim/core/net/address";
import { protocolNumbers, type TransportName } from "@kubenetsim/core/net/protocol";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Cost } from "@kubenetsim/core/trace/cost";
import type { Disposition } from "@kubenetsim/core/trace/disposition";
import { Meter } from "@kubenetsim/netfilter/engine/meter";
import { type Packet, tcpFlag } from "@kubenetsim/netfilter/engine/packet";
import type { Host } from "../topology/host.ts";
import { ChosenSource } from "../walk/chosen-source.ts";
import { type DispositionCode, dispositions } from "../walk/disposition-code.ts";
import type { Walker } from "../walk/walker.ts";
import { processOf, takerOf } from "./taker.ts";

export interface ManySender {
  readonly host: Host;
  /** One of its addresses; undefined for the one that its routing chooses. */
  readonly source: AddressWords | undefined;
}

export interface ManyTarget {
  readonly address: AddressWords;
  readonly port: number;
  readonly protocol: TransportName;
}

/** First packets of connections, in the order in which they are sent. */
export interface PacketList {
  readonly senders: readonly ManySender[];
  readonly targets: readonly ManyTarget[];
  /** For each packet, an index in `senders`; and one in `targets`. */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  /** By the packet's index. */
  readonly sourcePort: (index: number) => number;
  /** Walk answers, too; `false` for the packets alone. */
  readonly replies: boolean;
}

/** How many packets fared: numbers for each of them, in the order in which they were sent. */
export interface SentPackets {
  readonly count: number;
  /** For each packet, an index in `dispositionNames`. */
  readonly dispositions: Uint8Array;
  readonly dispositionNames: readonly Disposition[];
  /** For each packet, an index in `receiverNames`: who took it; -1 for nobody. */
  readonly receivers: Int32Array;
  /** As a trace's `receiver`, in the order in which they first took one: `pod default/web-0`. */
  readonly receiverNames: readonly string[];
  /** For each packet, the rules compared on its way there, and on its answer's way back. */
  readonly requestRules: Uint32Array;
  readonly replyRules: Uint32Array;
  /** All packets together: ways there, and ways back. */
  readonly cost: { readonly request: Cost; readonly reply: Cost };
}

/**
 * Sends packets one after another and walks their answers' ways back, as a tracer does, and keeps numbers of each. Without answers a
 * walker that remembers ways walks few of them.
 *
 * @throws ParseError for a sender's address and a destination of different families; nothing has been sent then
 */
export function sendMany(walker: Walker, list: PacketList): SentPackets {
  requireFamilies(list);
  const { senders, targets, from, to, sourcePort, replies } = list;
  const count = from.length;
  const sources = senders.map(({ host }) => new ChosenSource(host));
  const receivers = new Receivers(walker);
  const request = new Meter();
  const reply = new Meter();
  const sent = {
    count,
    dispositions: new Uint8Array(count),
    dispositionNames: dispositions,
    receivers: new Int32Array(count),
    receiverNames: receivers.names,
    requestRules: new Uint32Array(count),
    replyRules: new Uint32Array(count),
  };
  for (let i = 0; i < count; i++) {
    const { host, source } = senders[from[i]!]!;
    const target = targets[to[i]!]!;
    write(walker.packet, source ?? sources[from[i]!]!.to(target.address), target, sourcePort(i));
    const disposition = replies ? walker.simulate(host, null) : walker.request(host, null);
    sent.dispositions[i] = disposition;
    sent.receivers[i] = receivers.last(disposition);
    sent.requestRules[i] = walker.requestMeter.rulesCompared;
    sent.replyRules[i] = walker.replyMeter.rulesCompared;
    request.absorb(walker.requestMeter);
    reply.absorb(walker.replyMeter);
  }
  walker.known?.settle();
  return { ...sent, cost: { request: request.cost(), reply: reply.cost() } };
}

function requireFamilies({ senders, targets, from, to }: PacketList): void {
  if (senders.every(({ source }) => source === undefined)) return;
  for (let i = 0; i < from.length; i++) {
    const { source } = senders[from[i]!]!;
    if (source === undefined || source.length === targets[to[i]!]!.address.length) continue;
    throw new ParseError(`packet ${i}: its sender's address and its destination are of different families`);
  }
}

/** A first packet; where the host has no route it has no source, and ends at once. */
function write(packet: Packet, source: AddressWords | undefined, target: ManyTarget, sourcePort: number): void {
  const { address, port, protocol } = target;
  const v6 = address.length === 4;
  packet.v6 = v6;
  packet.protocol = protocolNumbers[protocol];
  packet.icmpError = -1;
  packet.src0 = source === undefined ? 0 : source[0]!;
  packet.src1 = v6 && source !== undefined ? source[1]! : 0;
  packet.src2 = v6 && source !== undefined ? source[2]! : 0;
  packet.src3 = v6 && source !== undefined ? source[3]! : 0;
  packet.dst0 = address[0]!;
  packet.dst1 = v6 ? address[1]! : 0;
  packet.dst2 = v6 ? address[2]! : 0;
  packet.dst3 = v6 ? address[3]! : 0;
  packet.sourcePort = sourcePort;
  packet.destinationPort = port;
  packet.tcpFlags = protocol === "TCP" ? tcpFlag.SYN : 0;
}

/** Numbers for those who take packets. */
class Receivers {
  readonly names: string[] = [];
  readonly #walker: Walker;
  readonly #byName = new Map<string, number>();
  /** By host and process. */
  readonly #known = new Map<number, number>();

  constructor(walker: Walker) {
    this.#walker = walker;
  }

  /** The one who has taken the walker's last packet; -1 for nobody. */
  last(disposition: DispositionCode): number {
    const { receiver, process, topology } = this.#walker;
    const key = (process + 1) * topology.hosts.length + receiver.id;
    let index = process < 0 ? undefined : this.#known.get(key);
    if (index !== undefined) return index;
    const name = processOf(this.#walker, disposition);
    if (name === undefined) return -1;
    index = this.#number(takerOf(name));
    if (process >= 0) this.#known.set(key, index);
    return index;
  }

  #number(name: string): number {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const index = this.names.push(name) - 1;
    this.#byName.set(name, index);
    return index;
  }
}
