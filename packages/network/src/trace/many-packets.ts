import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Cost } from "@kubenetsim/core/trace/cost";
import type { Disposition } from "@kubenetsim/core/trace/disposition";
import type { Trace } from "@kubenetsim/core/trace/trace";
import { Meter } from "@kubenetsim/netfilter/engine/meter";
import { BranchCosts, branchField, dispositionAt } from "../walk/branch-record.ts";
import { type DispositionCode, dispositions } from "../walk/disposition-code.ts";
import type { RememberingWalker } from "../walk/remembering-walker.ts";
import { type ManySender, type ManyTarget, PacketWriter } from "./packet-writer.ts";
import { Receivers } from "./receivers.ts";
import type { Tracer } from "./tracer.ts";

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
  /** Keep each packet's trace. */
  readonly traces: boolean;
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
  /** Each packet's, where traces were asked for; else none. */
  readonly traces: readonly Trace[];
}

/**
 * Sends packets one after another and walks their answers' ways back, as a tracer does, and keeps numbers of each. Without answers a
 * walker that remembers ways walks few of them.
 *
 * @throws ParseError for a sender's address and a destination of different families; nothing has been sent then
 */
export function sendMany(tracer: Tracer<RememberingWalker>, list: PacketList): SentPackets {
  requireFamilies(list);
  const { walker } = tracer;
  const count = list.from.length;
  const receivers = receiversOf.get(walker) ?? new Receivers(walker);
  receiversOf.set(walker, receivers);
  receivers.begin();
  const sent = {
    count,
    dispositions: new Uint8Array(count),
    dispositionNames: dispositions,
    receivers: new Int32Array(count),
    requestRules: new Uint32Array(count),
    replyRules: new Uint32Array(count),
  };
  const spent = { request: new Meter(), reply: new Meter() };
  const traces: Trace[] = [];
  if (list.traces || list.replies) exchange(tracer, list, sent, receivers, spent, traces);
  else request(walker, list, sent, receivers, spent.request);
  const receiverNames = receivers.renumber(sent.receivers);
  return { ...sent, receiverNames, traces, cost: { request: spent.request.cost(), reply: spent.reply.cost() } };
}

type Numbers = Omit<SentPackets, "cost" | "receiverNames" | "traces">;

/** Of a walker that sends list after list they are looked up once. */
const receiversOf = new WeakMap<RememberingWalker, Receivers>();

function exchange(
  tracer: Tracer<RememberingWalker>,
  { senders, targets, from, to, sourcePort, ...list }: PacketList,
  sent: Numbers,
  receivers: Receivers,
  spent: { readonly request: Meter; readonly reply: Meter },
  traces: Trace[],
): void {
  const { walker } = tracer;
  const writer = new PacketWriter(walker.packet, senders, targets);
  for (let i = 0; i < sent.count; i++) {
    writer.write(from[i]!, to[i]!, sourcePort(i));
    const { host } = senders[from[i]!]!;
    let disposition: DispositionCode;
    if (list.traces) {
      const trace = list.replies ? tracer.traceFrom(host) : tracer.requestFrom(host);
      traces.push(trace);
      disposition = dispositions.indexOf(trace.disposition) as DispositionCode;
    } else disposition = walker.simulate(host, null);
    sent.dispositions[i] = disposition;
    const isKnown = list.traces && !list.replies && tracer.branch >= 0;
    sent.receivers[i] = isKnown ? receivers.of(tracer.branch, walker.known) : receivers.last(disposition);
    sent.requestRules[i] = walker.requestMeter.rulesCompared;
    sent.replyRules[i] = walker.replyMeter.rulesCompared;
    spent.request.absorb(walker.requestMeter);
    spent.reply.absorb(walker.replyMeter);
  }
}

/** The walker remembers ways: of a packet on a known one nothing is read but what is kept of it. */
function request(
  walker: RememberingWalker,
  { senders, targets, from, to, sourcePort }: PacketList,
  { count, dispositions, receivers: takers, requestRules }: Numbers,
  receivers: Receivers,
  spent: Meter,
): void {
  const writer = new PacketWriter(walker.packet, senders, targets);
  const hosts = senders.map(({ host }) => host);
  const { known } = walker;
  const { stride } = known;
  const costs = new BranchCosts();
  for (let i = 0; i < count; i++) {
    const host = hosts[from[i]!]!;
    writer.write(from[i]!, to[i]!, sourcePort(i));
    const branch = walker.follow(host);
    if (branch >= 0) {
      const at = branch * stride;
      takers[i] = receivers.of(branch, known);
      const { branches } = known;
      dispositions[i] = dispositionAt(branches, at);
      requestRules[i] = branches[at + branchField.rules]!;
      costs.add(branches, at);
      continue;
    }
    const disposition = walker.learn(host, null);
    dispositions[i] = disposition;
    takers[i] = receivers.last(disposition);
    requestRules[i] = walker.requestMeter.rulesCompared;
    spent.absorb(walker.requestMeter);
  }
  costs.addTo(spent);
}

function requireFamilies({ senders, targets, from, to }: PacketList): void {
  if (senders.every(({ source }) => source === undefined)) return;
  for (let i = 0; i < from.length; i++) {
    const { source } = senders[from[i]!]!;
    if (source === undefined || source.length === targets[to[i]!]!.address.length) continue;
    throw new ParseError(`packet ${i}: its sender's address and its destination are of different families`);
  }
}
