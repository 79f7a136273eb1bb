import type { Random } from "@kubenetsim/core/runtime/random";
import { hook } from "@kubenetsim/netfilter/engine/hook";
import type { Meter } from "@kubenetsim/netfilter/engine/meter";
import type { Packet, Router } from "@kubenetsim/netfilter/engine/packet";
import { recordHeader } from "@kubenetsim/netfilter/engine/packet-header";
import { type Tape, tapeKind } from "@kubenetsim/netfilter/engine/tape";
import { type Verdict, verdict } from "@kubenetsim/netfilter/engine/verdict";
import { addressFor, type Balancer, balanceVerdict } from "../balancer/balancer.ts";
import { ethernetDevice, type Host, loopbackDevice } from "../topology/host.ts";
import type { Route } from "../topology/route-table.ts";
import type { Topology } from "../topology/topology.ts";
import { writeBalance } from "./balance-record.ts";
import type { HostKernel } from "./host-kernel.ts";
import { type Passing, writePassing } from "./passing.ts";
import { type ReasonCode, reasonCode } from "./reason-code.ts";
import { Translations } from "./translations.ts";

/** How a way begins at its first host. */
export const start = {
  /** A socket of the host sends it. */
  made: 0,
  /** The host's kernel answers what has come: the packet is of the same connection. */
  answer: 1,
  /** The same past its hooks: a TCP RST to a bridge's port (nf_send_reset with br_netfilter). */
  direct: 2,
} as const;
export type Start = (typeof start)[keyof typeof start];

/** As many routers as the time to live of a Linux packet allows. */
export const hopLimit = 64;

/** `RouteStep.decision` on the tape. */
export const routeDecision = { local: 0, forward: 1, none: 2 } as const;

const onward = -1;

/**
 * One direction of a packet's way, from host to host until it arrives, is thrown away or finds no way. Numbers only:
 * where it ended stands in the fields.
 */
export class OneWay implements Router {
  /** The host at which the way ended. */
  host: Host;
  /** Ids of the hosts on the way, in their order; `hosts` of them. */
  readonly trail: Int32Array = new Int32Array(hopLimit + 1);
  hosts = 0;
  /** It walks answers. */
  answering = false;
  /** What load balancers have made of the packet's destination on its way there. */
  readonly translations: Translations = new Translations();
  /** Why the next packet is made, for the tape: a process passes a connection on. Undefined for most. */
  passing: Passing | undefined = undefined;
  readonly #topology: Topology;
  readonly #kernels: readonly (HostKernel | undefined)[];
  readonly #random: Random;
  #packet: Packet;
  #meter: Meter;
  #tape: Tape | null = null;
  #kernel: HostKernel | undefined;
  #decision: number = routeDecision.none;
  /** Of what is forwarded. */
  #route: Route | undefined;
  // Where the packet goes next, set by #transmit.
  #nextHost = 0;
  #nextDevice = 0;

  /** `kernels` by host id; hosts without one have no rules. */
  constructor(
    topology: Topology,
    kernels: readonly (HostKernel | undefined)[],
    random: Random,
    packet: Packet,
    meter: Meter,
  ) {
    this.#topology = topology;
    this.#kernels = kernels;
    this.#random = random;
    this.#packet = packet;
    this.#meter = meter;
    this.host = topology.hosts[0]!;
  }

  /** Returns `reasonCode.accepted` when the packet reached the host that owns its destination. */
  run(from: Host, how: Start, packet: Packet, meter: Meter, tape: Tape | null): ReasonCode {
    this.#packet = packet;
    this.#meter = meter;
    this.#tape = tape;
    packet.router = this;
    let host = from;
    let device = -1;
    this.hosts = 0;
    for (let hops = 0; hops <= hopLimit; hops++) {
      this.#enter(host, device, hops === 0 && how !== start.made);
      const outcome = hops > 0 ? this.#receive(host, device) : this.#begin(host, how);
      if (outcome !== onward) {
        packet.gateway = undefined;
        packet.router = undefined;
        return outcome as ReasonCode;
      }
      host = this.#topology.hosts[this.#nextHost]!;
      device = this.#nextDevice;
    }
    return reasonCode.looped;
  }

  #enter(host: Host, device: number, isAnswer: boolean): void {
    const packet = this.#packet;
    this.host = host;
    this.trail[this.hosts++] = host.id;
    this.#kernel = this.#kernels[host.id];
    if (isAnswer) packet.attachAnswer();
    else packet.resetMetadata();
    packet.inDevice = device;
    if (this.#tape !== null) {
      this.#tape.write(tapeKind.hopIn, host.id, device);
      recordHeader(this.#tape, packet);
      if (this.passing !== undefined) writePassing(this.#tape, this.passing);
    }
    this.passing = undefined;
  }

  /** A packet from another host: PREROUTING, routing, then INPUT or the way on. */
  #receive(host: Host, device: number): number {
    const packet = this.#packet;
    if (host.balancer !== undefined && !this.answering) return this.#balance(host, host.balancer);
    if (this.translations.length > 0 && this.translations.undo(packet, host.id, this.#tape)) return this.#leave(host);
    if (this.#kernel !== undefined) {
      const segment = host.devices[device]!.segment;
      packet.bridged = segment !== undefined && segment.bridge >= 0 && segment.hosts[segment.bridge] === host.id;
      const before = this.#runHook(hook.PREROUTING);
      if (before !== verdict.accept) return endOf(before);
    }
    if (isLocal(host, packet.v6, packet.src0, packet.src1, packet.src2, packet.src3)) return reasonCode.martianSource;
    if (isLoopback(packet.v6, packet.dst0) && !host.routeLocalnet) return reasonCode.martianLoopback;
    const decision = this.#lookUpRoute(host);
    if (decision === routeDecision.none) return reasonCode.noRoute;
    return decision === routeDecision.local ? this.#input(host) : this.#forward(host);
  }

  /** A packet has come to a load balancer, which has no rules and decides by itself. */
  #balance(host: Host, balancer: Balancer): number {
    const packet = this.#packet;
    packet.fate.more = true;
    const decided = balancer.decide(packet, this.#random);
    if (this.#tape !== null) writeBalance(this.#tape, balancer, decided);
    if (decided === balanceVerdict.accept) return reasonCode.accepted;
    if (decided !== balanceVerdict.forward) return reasonCode.dropped;
    const { chosen } = balancer;
    const { fabric } = this.#topology;
    const words = addressFor(chosen, packet.v6) ?? chosen.addresses[0];
    const attachment = words === undefined ? -1 : fabric.neighbours.get(words);
    if (balancer.config.mode === "nat" && words !== undefined) {
      this.translations.translate(packet, host, fabric, words, balancer.chosenPort);
      if (this.#tape !== null) recordHeader(this.#tape, packet);
    }
    return this.#hand(host, ethernetDevice, attachment);
  }

  #forward(host: Host): number {
    const middle = this.#runHook(hook.FORWARD);
    return middle === verdict.accept ? this.#postroute(host) : endOf(middle);
  }

  #input(host: Host): number {
    const taken = this.#runHook(hook.INPUT);
    if (taken === verdict.accept) return reasonCode.accepted;
    if (taken !== verdict.stolen) return endOf(taken);
    // IPVS gave it a real server's address: if that is this host's own, the packet stays; else it leaves again.
    const decision = this.#lookUpRoute(host);
    if (decision === routeDecision.none) return reasonCode.noRoute;
    return decision === routeDecision.local ? reasonCode.accepted : this.#output(host);
  }

  /** A packet that a socket of this host sends, or an answer that its kernel sends. */
  #begin(host: Host, how: Start): number {
    if (this.#kernel === undefined || how === start.direct) return this.#leave(host);
    const decision = this.#lookUpRoute(host);
    return decision === routeDecision.none ? reasonCode.noRoute : this.#output(host);
  }

  /** OUTPUT of a packet that has a route; a hook that gives it another destination has asked for the new one (`reroute`). */
  #output(host: Host): number {
    const packet = this.#packet;
    const made = this.#runHook(hook.OUTPUT);
    if (made === verdict.stolen) this.#lookUpRoute(host);
    if (this.#decision === routeDecision.none) return reasonCode.noRoute;
    if (made !== verdict.accept && made !== verdict.stolen) return endOf(made);
    packet.outDevice = this.#route?.device ?? loopbackDevice;
    if (this.#route === undefined) return this.#loopBack(host);
    // What IPVS rewrote is sent as a packet of its own; the director leaves alone what it has rewritten.
    return made === verdict.stolen ? this.#output(host) : this.#postroute(host);
  }

  reroute(): boolean {
    const packet = this.#packet;
    const { outDevice } = packet;
    const decision = this.#lookUpRoute(this.host);
    packet.outDevice = outDevice;
    return decision !== routeDecision.none;
  }

  /** POSTROUTING, then lo, which gives the packet back with its mark and its conntrack entry. */
  #loopBack(host: Host): number {
    const packet = this.#packet;
    const after = this.#runHook(hook.POSTROUTING);
    if (after !== verdict.accept) return endOf(after);
    packet.inDevice = loopbackDevice;
    packet.outDevice = -1;
    const before = this.#runHook(hook.PREROUTING);
    return before === verdict.accept ? this.#input(host) : endOf(before);
  }

  #postroute(host: Host): number {
    const packet = this.#packet;
    if (isLoopback(packet.v6, packet.src0) && !host.routeLocalnet) return reasonCode.martianLoopback;
    const after = this.#runHook(hook.POSTROUTING);
    return after === verdict.accept ? this.#transmit(host, this.#route!) : endOf(after);
  }

  /** Out of the host without hooks. */
  #leave(host: Host): number {
    const decision = this.#lookUpRoute(host);
    if (decision === routeDecision.none) return reasonCode.noRoute;
    return decision === routeDecision.local ? reasonCode.accepted : this.#transmit(host, this.#route!);
  }

  #transmit(host: Host, route: Route): number {
    const packet = this.#packet;
    const segment = host.devices[route.device]!.segment!;
    let attachment =
      route.nextHops[0] ?? segment.neighbours.find(packet.v6, packet.dst0, packet.dst1, packet.dst2, packet.dst3);
    if (this.translations.length > 0 && segment === this.#topology.fabric) {
      const back = this.translations.wayBack(packet, host.id);
      if (back >= 0) attachment = back;
    }
    return this.#hand(host, route.device, attachment);
  }

  /** Gives the packet to somebody on a device's network. */
  #hand(host: Host, device: number, to: number): number {
    const segment = host.devices[device]!.segment!;
    let attachment = to;
    if (attachment < 0) return reasonCode.noNeighbour;
    if (segment.bridge >= 0 && segment.hosts[segment.bridge] !== host.id) attachment = segment.bridge;
    this.#nextHost = segment.hosts[attachment]!;
    this.#nextDevice = segment.devices[attachment]!;
    if (this.#tape !== null) this.#tape.write(tapeKind.hopOut, host.id, device);
    return onward;
  }

  #runHook(number: (typeof hook)[keyof typeof hook]): Verdict {
    const kernel = this.#kernel;
    return kernel === undefined ? verdict.accept : kernel.runHook(number, this.#packet, this.#meter, this.#tape);
  }

  /** Decides where the packet goes and by which device it is to leave. */
  #lookUpRoute(host: Host): number {
    const packet = this.#packet;
    const { v6, dst0, dst1, dst2, dst3 } = packet;
    let decision: number = routeDecision.local;
    this.#route = undefined;
    packet.outDevice = loopbackDevice;
    if (!isLocal(host, v6, dst0, dst1, dst2, dst3)) {
      this.#route = host.route(v6, dst0, dst1, dst2, dst3);
      packet.outDevice = this.#route === undefined ? -1 : this.#route.device;
      decision = this.#route === undefined ? routeDecision.none : routeDecision.forward;
    }
    packet.gateway = this.#route?.gateway;
    this.#decision = decision;
    if (this.#tape !== null) writeRoute(this.#tape, decision, packet.outDevice, this.#route);
    return decision;
  }
}

function writeRoute(tape: Tape, decision: number, device: number, route: Route | undefined): void {
  const at = tape.begin(tapeKind.route);
  const words = tape.words;
  const gateway = route?.gateway;
  words[at] = decision;
  words[at + 1] = device;
  words[at + 2] = gateway === undefined ? 0 : gateway.length;
  for (let i = 0; i < 4; i++) words[at + 3 + i] = gateway?.[i] ?? 0;
}

function endOf(given: Verdict): ReasonCode {
  return given === verdict.reject ? reasonCode.rejected : reasonCode.dropped;
}

function isLocal(host: Host, v6: boolean, a: number, b: number, c: number, d: number): boolean {
  return host.localDevice(v6, a, b, c, d) >= 0;
}

function isLoopback(v6: boolean, a: number): boolean {
  return !v6 && a >>> 24 === 127;
}
