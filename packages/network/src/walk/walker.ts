import { formatAddress } from "@kubenetsim/core/net/address";
import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import type { Random } from "@kubenetsim/core/runtime/random";
import type { CountJournal } from "@kubenetsim/netfilter/engine/count-journal";
import { Meter } from "@kubenetsim/netfilter/engine/meter";
import { Packet } from "@kubenetsim/netfilter/engine/packet";
import { type Tape, tapeKind } from "@kubenetsim/netfilter/engine/tape";
import type { Host } from "../topology/host.ts";
import { Dial, type Relay, relayChoice } from "../topology/relay.ts";
import type { Topology } from "../topology/topology.ts";
import { turnIntoAnswer } from "./answer.ts";
import { type DispositionCode, dispositionCode, dispositionOf } from "./disposition-code.ts";
import { type HostKernel, kernelsByHost } from "./host-kernel.ts";
import { OneWay, start } from "./one-way.ts";
import { type Passing, writePassing } from "./passing.ts";
import { type ReasonCode, reasonCode } from "./reason-code.ts";
import { writeRequest } from "./request.ts";
import { Tuple } from "./tuple.ts";

/** A connection that is passed on more often runs in circles between proxies. */
const mostRelays = 8;

export interface WalkerOptions {
  /** Packets whose connections no host tracks: each is the first of one, and none is kept. */
  readonly stateless?: boolean;
}

/**
 * Sends packets through a topology: numbers only, nothing allocated on a packet's way. The fields say how the last one
 * fared; `traceOf` makes a `Trace` of it and the tape.
 */
export class Walker {
  readonly topology: Topology;
  /** By host id. */
  readonly kernels: readonly (HostKernel | undefined)[];
  readonly packet: Packet = new Packet();
  /** What the kernels did on the way there, and for the answer. */
  readonly requestMeter: Meter = new Meter();
  readonly replyMeter: Meter = new Meter();
  /** The header as it was sent. */
  readonly sent: Tuple = new Tuple();
  /** The header as it arrived, where it did and was answered. */
  readonly received: Tuple = new Tuple();
  /** Who listens there: index in the receiver's processes; -1 for nobody. */
  process = -1;
  /** It reached the host that owns its destination, whether or not a socket took it; not for what was taken and not passed on. */
  arrived = false;
  reason: ReasonCode = reasonCode.accepted;
  /** Where the answer's way ended, and why. */
  answered: Host;
  answerReason: ReasonCode = reasonCode.accepted;
  /** The tape's length where the answer's way begins; -1 when there was none. */
  replyStart = -1;
  readonly #way: OneWay;
  /** Where the way there ended, by number: among many hosts, a look at one costs as much as the rest of a known way. */
  protected receiverId = 0;
  /** The host that answers a packet: who has taken it, even if another one has got what it passed on. */
  #answerer: Host;
  /** How many processes have passed the connection on. */
  #depth = 0;

  constructor(
    topology: Topology,
    kernels: ReadonlyMap<string, HostKernel>,
    random: Random,
    options: WalkerOptions = {},
  ) {
    this.topology = topology;
    this.kernels = kernelsByHost(topology, kernels);
    this.answered = this.receiver;
    this.#answerer = this.receiver;
    this.packet.stateless = options.stateless === true;
    this.#way = new OneWay(topology, this.kernels, random, this.packet, this.requestMeter);
  }

  /** Where the way there ended. */
  get receiver(): Host {
    return this.topology.hosts[this.receiverId]!;
  }

  /**
   * Sends `packet` from a host and, where somebody answers, walks the answer's way back. A packet counts as delivered,
   * refused or rejected only when the answer reaches the socket that sent it.
   */
  simulate(from: Host, tape: Tape | null): DispositionCode {
    this.sent.keep(this.packet);
    this.#begin(-1);
    return this.#exchange(from, this.sent, tape);
  }

  /**
   * Sends `packet` on its way there only, but through all processes that pass it on. `forced` is the number that a draw on the way takes
   * in place of drawing one, -1 for none; `journal` gets the rules that it matches.
   */
  walkRequest(from: Host, tape: Tape | null, forced = -1, journal?: CountJournal): DispositionCode {
    this.#begin(forced, journal);
    return this.#reach(from, tape);
  }

  /** Ids of the hosts on the last way, `hosts` of them. */
  protected get lastWay(): Pick<OneWay, "trail" | "hosts"> {
    return this.#way;
  }

  #begin(forced: number, journal?: CountJournal): void {
    this.packet.fate.begin(forced, journal);
    this.packet.icmpError = -1;
    this.packet.rejection = 0;
    this.requestMeter.reset();
    this.replyMeter.reset();
    this.replyStart = -1;
    this.#depth = 0;
    this.#way.translations.length = 0;
  }

  /** A packet's way there and the answer's way back. */
  #exchange(from: Host, sent: Tuple, tape: Tape | null): DispositionCode {
    const fate = this.#reach(from, tape);
    const isAnswered = fate <= dispositionCode.rejected || fate === dispositionCode.closed;
    return isAnswered ? this.#answer(from, sent, fate, tape) : fate;
  }

  /** The way there, and on from whom it reaches if that one passes it on. Then `#answerer` is who answers. */
  #reach(from: Host, tape: Tape | null): DispositionCode {
    const fate = this.#walk(from, tape);
    this.#answerer = this.receiver;
    if (fate !== dispositionCode.delivered || this.process < 0) return fate;
    const { relay } = this.receiver.sockets.processes[this.process]!;
    return relay === undefined ? fate : this.#passOn(relay, tape);
  }

  /**
   * Lets the process that has taken the packet dial until somebody answers or nobody is left; the packet stays as it came. What
   * failed attempts cost counts as of the way there.
   */
  #passOn(relay: Relay, tape: Tape | null): DispositionCode {
    const { packet, receiver: host, process } = this;
    packet.fate.more = true;
    const accepted = new Tuple();
    accepted.keep(packet);
    if (this.#depth++ === mostRelays) return this.#leaveAt(host, process, reasonCode.looped);
    for (let attempt = 0; attempt < relay.dialTimeoutsMs.length; attempt++) {
      const passing = { process, dial: new Dial(), attempt };
      if (!relay.next(packet, attempt, passing.dial)) {
        passing.dial.by = relayChoice.nobody;
        if (tape !== null) writePassing(tape, passing);
        return this.#leaveAt(host, process, reasonCode.nobodyToDial);
      }
      const fate = this.#dial(host, passing, tape);
      accepted.restore(packet);
      this.#answerer = host;
      if (fate === dispositionCode.delivered || fate === dispositionCode.closed) return fate;
      const isSent =
        packet.protocol === protocolNumbers.UDP && !(this.receiver === host && this.reason === reasonCode.noRoute);
      if (isSent) return this.#lostDatagram(relay, fate);
      this.requestMeter.absorb(this.replyMeter);
      this.replyStart = -1;
    }
    return this.#leaveAt(host, process, reasonCode.dialsFailed);
  }

  /** A connection of a process's own, which it opens for one that it has accepted. */
  #dial(host: Host, passing: Passing, tape: Tape | null): DispositionCode {
    const { packet } = this;
    const { destination, destinationPort, sourcePort } = passing.dial;
    const protocol = packet.protocol === protocolNumbers.UDP ? "UDP" : "TCP";
    writeRequest(packet, {
      from: host,
      protocol,
      destination: formatAddress(destination),
      destinationPort,
      sourcePort,
    });
    const dialled = new Tuple();
    dialled.keep(packet);
    this.#way.passing = passing;
    return this.#exchange(host, dialled, tape);
  }

  /** Nobody tells a client that its datagram was lost behind the process that has taken it. */
  #lostDatagram(relay: Relay, fate: DispositionCode): DispositionCode {
    const isRefused = fate === dispositionCode.refused || fate === dispositionCode.rejected;
    if (isRefused) relay.refused(this.packet);
    return isRefused ? dispositionCode.noReply : fate;
  }

  /** The packet went no further than to this process, which closes a connection and forgets a datagram. */
  #leaveAt(host: Host, process: number, reason: ReasonCode): DispositionCode {
    this.receiverId = host.id;
    this.process = process;
    this.arrived = false;
    this.reason = reason;
    return this.packet.protocol === protocolNumbers.UDP ? dispositionCode.dropped : dispositionCode.closed;
  }

  #walk(from: Host, tape: Tape | null): DispositionCode {
    this.process = -1;
    this.arrived = false;
    this.#way.answering = false;
    this.reason = this.#way.run(from, start.made, this.packet, this.requestMeter, tape);
    this.receiverId = this.#way.host.id;
    if (this.reason === reasonCode.accepted) return this.#deliver(tape);
    return dispositionOf(this.reason);
  }

  #deliver(tape: Tape | null): DispositionCode {
    const packet = this.packet;
    const { sockets } = this.receiver;
    const isEcho = packet.protocol === protocolNumbers.ICMP || packet.protocol === protocolNumbers.ICMPv6;
    this.process = sockets.find(packet.protocol, packet.destinationPort);
    if (this.process < 0) {
      const listener = this.kernels[this.receiver.id]?.listener?.(packet) ?? this.receiver.balancer?.process;
      if (listener !== undefined) {
        packet.fate.more = true;
        this.process = sockets.place(listener);
      }
    }
    this.arrived = true;
    const listening = isEcho || this.process >= 0;
    if (tape !== null) tape.write(tapeKind.socket, packet.destinationPort, listening ? 1 : 0, this.process);
    if (!listening) this.reason = reasonCode.noSocket;
    return listening ? dispositionCode.delivered : dispositionCode.refused;
  }

  #answer(from: Host, sent: Tuple, fate: DispositionCode, tape: Tape | null): DispositionCode {
    const packet = this.packet;
    const { bytes } = packet;
    if (this.replyStart < 0) {
      this.replyStart = tape === null ? 0 : tape.length;
      this.received.keep(packet);
    }
    const how = turnIntoAnswer(packet, fate, this.#answerer);
    this.#way.answering = true;
    const returned = this.#way.run(this.#answerer, how, packet, this.replyMeter, tape);
    packet.bytes = bytes;
    this.answered = this.#way.host;
    this.answerReason = returned;
    if (returned === reasonCode.accepted && this.answered === from && sent.isAnsweredBy(packet)) return fate;
    this.reason = returned === reasonCode.accepted ? reasonCode.foreignAnswer : reasonCode.answerLost;
    return dispositionCode.noReply;
  }
}
