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

/** By the health that they are taken from, which many listeners share. */
const healthyOf = new WeakMap<readonly (string | undefined)[], readonly number[]>();

function healthyAmong(health: readonly (string | undefined)[]): readonly number[] {
  const known = healthyOf.get(health) ?? [...health.keys()].filter((index) => health[index] === undefined);
  healthyOf.set(health, known);
  return known;
}

/** What an algorithm chooses among, and what it remembers. */
interface Turns {
  readonly servers: readonly Server[];
  state: unknown;
}

/** What a listener's algorithm knows: its targets with their health, and whose turn it is. Nothing is made before a packet comes. */
export class ListenerState {
  readonly view: ListenerView;
  readonly #algorithm: Algorithm;
  #turns: Turns | undefined;
  #before: ListenerState | undefined;

  /** `before` is the same listener with other health: who takes turns goes on where it stood. */
  constructor(listener: LoadBalancerListener, health: readonly (string | undefined)[], before?: ListenerState) {
    this.view = { listener, health, healthy: healthyAmong(health) };
    this.#algorithm = algorithms[listener.algorithm ?? "five-tuple"];
    // One that nobody has asked hands on what it got itself, so that there is never more than one to remember.
    this.#before = before === undefined || before.#turns !== undefined ? before : before.#before;
  }

  /** Another one in the same state. */
  copy(): ListenerState {
    const copy = new ListenerState(this.view.listener, this.view.health, this.#before);
    copy.#turns = this.#turns && { ...this.#turns };
    return copy;
  }

  /** Index of the target for a connection; -1 when none is healthy. Where a chooser decides, nothing is kept of it. */
  choose(packet: Packet, random: Random): number {
    const { healthy } = this.view;
    const { scheduler, isChance, byAddress } = this.#algorithm;
    const { chooser } = packet.fate;
    if (healthy.length === 0) return -1;
    if (chooser !== undefined && isChance) return healthy[chooser.below(healthy.length)]!;
    this.#turns ??= this.#begin();
    const choice = scheduler.choose(this.#turns.state, this.#turns.servers, requestOf(packet, byAddress, random));
    if (chooser === undefined) this.#turns.state = choice.state;
    return choice.index;
  }

  #begin(): Turns {
    const { listener, health } = this.view;
    const { scheduler } = this.#algorithm;
    const servers = listener.targets.map((target, id) => serverOf(target.addresses[0] ?? [0], listener, health, id));
    const before = this.#before;
    this.#before = undefined;
    const goesOn = before !== undefined && before.#algorithm === this.#algorithm && sameTargets(before, listener);
    const known = goesOn ? before.#turns : undefined;
    return {
      servers,
      state: known === undefined ? scheduler.start(servers, 0) : scheduler.changed(known.state, servers),
    };
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
