import type { Random } from "@kubenetsim/core/runtime/random";
import type { Packet } from "@kubenetsim/netfilter/engine/packet";
import type { Request, Server } from "@kubenetsim/schedulers/scheduler";
import { type Algorithm, algorithms } from "./algorithms.ts";
import type { LoadBalancerListener } from "./load-balancer.ts";

/** A listener as it stood when a packet came: what a trace's step says of it stays true. */
export interface ListenerView {
  readonly listener: LoadBalancerListener;
  /** Why each target gets nothing; undefined for healthy ones. */
  readonly health: readonly (string | undefined)[];
  /** Indexes of the healthy targets. */
  readonly healthy: readonly number[];
}

/** What a listener's algorithm knows: its targets with their health, and whose turn it is. */
export class ListenerState {
  readonly view: ListenerView;
  readonly #algorithm: Algorithm;
  readonly #servers: readonly Server[];
  #state: unknown;

  /** `before` is the same listener with other health: who takes turns goes on where it stood. */
  constructor(listener: LoadBalancerListener, health: readonly (string | undefined)[], before?: ListenerState) {
    this.view = { listener, health, healthy: [...health.keys()].filter((index) => health[index] === undefined) };
    this.#algorithm = algorithms[listener.algorithm ?? "five-tuple"];
    const { scheduler } = this.#algorithm;
    this.#servers = listener.targets.map((target, id) => serverOf(target.addresses[0] ?? [0], listener, health, id));
    const goesOn = before !== undefined && before.#algorithm === this.#algorithm && sameTargets(before, listener);
    this.#state = goesOn ? scheduler.changed(before.#state, this.#servers) : scheduler.start(this.#servers, 0);
  }

  /** Another one in the same state. */
  copy(): ListenerState {
    const copy = new ListenerState(this.view.listener, this.view.health);
    copy.#state = this.#state;
    return copy;
  }

  /** Index of the target for a connection; -1 when none is healthy. Where a chooser decides, nothing is kept of it. */
  choose(packet: Packet, random: Random): number {
    const { healthy } = this.view;
    const { scheduler, isChance, byAddress } = this.#algorithm;
    const { chooser } = packet.fate;
    if (healthy.length === 0) return -1;
    if (chooser !== undefined && isChance) return healthy[chooser.below(healthy.length)]!;
    const choice = scheduler.choose(this.#state, this.#servers, requestOf(packet, byAddress, random));
    if (chooser === undefined) this.#state = choice.state;
    return choice.index;
  }
}

function serverOf(
  address: readonly number[],
  { targetPort }: LoadBalancerListener,
  health: readonly (string | undefined)[],
  id: number,
): Server {
  const weight = health[id] === undefined ? 1 : 0;
  return {
    id,
    address,
    port: targetPort,
    weight,
    lastWeight: 1,
    activeConnections: 0,
    inactiveConnections: 0,
    overloaded: false,
  };
}

function sameTargets(before: ListenerState, { targets }: LoadBalancerListener): boolean {
  const old = before.view.listener.targets;
  return targets === old || (targets.length === old.length && targets.every(({ name }, i) => name === old[i]!.name));
}

/** What a scheduler may know of a packet; hashes over addresses alone see no ports. */
function requestOf(packet: Packet, byAddress: boolean, random: Random): Request {
  const { v6, src0, src1, src2, src3, dst0, dst1, dst2, dst3 } = packet;
  return {
    sourceAddress: v6 ? [src0, src1, src2, src3] : [src0],
    destinationAddress: v6 ? [dst0, dst1, dst2, dst3] : [dst0],
    sourcePort: byAddress ? 0 : packet.sourcePort,
    destinationPort: byAddress ? 0 : packet.destinationPort,
    protocol: packet.protocol,
    nowMs: 0,
    fallback: false,
    usePort: false,
    random: random.next,
  };
}
