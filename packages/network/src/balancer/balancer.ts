import { type AddressWords, formatAddress } from "@kubenetsim/core/net/address";
import { type Cidr, cidrContains } from "@kubenetsim/core/net/cidr";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import type { Random } from "@kubenetsim/core/runtime/random";
import type { Packet } from "@kubenetsim/netfilter/engine/packet";
import type { Process } from "../topology/process.ts";
import { type Dial, type Relay, relayChoice } from "../topology/relay.ts";
import { ListenerState, type ListenerView } from "./listener-state.ts";
import type {
  HealthChecks,
  LoadBalancer,
  LoadBalancerListener,
  LoadBalancerMode,
  LoadBalancerTarget,
} from "./load-balancer.ts";

/** What a load balancer does with a packet, as the tape has it. */
export const balanceVerdict = {
  forward: 0,
  accept: 1,
  noListener: 2,
  refusedSource: 3,
  noTarget: 4,
  answer: 5,
} as const;
export type BalanceVerdict = (typeof balanceVerdict)[keyof typeof balanceVerdict];

const healthOfAll = new WeakMap<readonly LoadBalancerTarget[], readonly undefined[]>();

const allHealthy: HealthChecks = ({ targets }) => {
  const known = healthOfAll.get(targets) ?? targets.map(() => undefined);
  healthOfAll.set(targets, known);
  return known;
};

/**
 * A load balancer at work: what it is configured to do, its targets' health and whose turn it is. One object lives on while
 * its configuration and the network around it change.
 *
 * @example
 * const balancer = new Balancer({ name: "public", addresses: ["203.0.113.80"], mode: "nat", listeners });
 * buildTopology({ nodes, pods, loadBalancers: [balancer] });
 */
export class Balancer {
  /** What the last packet came to: the number of its listener's view, or -1, and of its target, or -1. */
  view = -1;
  target = -1;
  /** Views that packets have met, by number; they stay as they are. */
  readonly views: ListenerView[] = [];
  readonly #numbers = new Map<ListenerView, number>();
  #config: LoadBalancer;
  readonly #health: HealthChecks;
  /** Of those that somebody has asked for. */
  readonly #states = new Map<LoadBalancerListener, ListenerState>();
  #listeners: Map<number, LoadBalancerListener>;
  readonly #processes = new Map<number, Process>();

  /** All targets are healthy unless somebody says otherwise. */
  constructor(config: LoadBalancer, health: HealthChecks = allHealthy) {
    this.#config = config;
    this.#health = health;
    this.#listeners = byPort(config);
  }

  get config(): LoadBalancer {
    return this.#config;
  }

  /** Gives it other listeners; those that keep their protocol and port go on with their turns. */
  configure(config: LoadBalancer): void {
    if (config === this.#config) return;
    const before = this.#listeners;
    const known = new Map(this.#states);
    this.#config = config;
    this.#listeners = byPort(config);
    this.#states.clear();
    for (const [key, listener] of this.#listeners) {
      const state = known.get(before.get(key)!);
      if (state !== undefined) this.#states.set(listener, state);
    }
  }

  /** The same with the same turns, for a copy of its network, whose targets may fare otherwise. */
  copy(health: HealthChecks): Balancer {
    const copy = new Balancer(this.#config, health);
    for (const [listener, state] of this.#states) copy.#states.set(listener, state.copy());
    return copy;
  }

  /** How a listener stands now. */
  stateOf(listener: LoadBalancerListener): ListenerState {
    const health = this.#health(listener);
    const known = this.#states.get(listener);
    if (known?.view.health === health && known.view.listener === listener) return known;
    const state = new ListenerState(listener, health, known);
    this.#states.set(listener, state);
    return state;
  }

  /** Has each of its listeners a healthy target? */
  get isAlive(): boolean {
    return this.#config.listeners.every((listener) => this.stateOf(listener).view.healthy.length > 0);
  }

  /** Decides about a packet that has come to one of its addresses: `view` and `target` say about which listener and target. */
  decide(packet: Packet, random: Random): BalanceVerdict {
    this.view = -1;
    this.target = -1;
    const listener = this.#listeners.get(packet.protocol * 65536 + packet.destinationPort);
    if (listener === undefined) return balanceVerdict.noListener;
    const state = this.stateOf(listener);
    this.view = this.#numberOf(state.view);
    if (!allows(this.#config.allowedSources, packet) || !allows(listener.allowedSources, packet)) {
      return balanceVerdict.refusedSource;
    }
    this.target = state.choose(packet, random);
    if (this.target < 0) return balanceVerdict.noTarget;
    return this.#config.mode === "proxy" ? balanceVerdict.accept : balanceVerdict.forward;
  }

  get chosen(): LoadBalancerTarget {
    return this.views[this.view]!.listener.targets[this.target]!;
  }

  /** The port at which the target of the last packet takes connections. */
  get chosenPort(): number {
    return this.views[this.view]!.listener.targetPort;
  }

  /** Who takes the last packet, where it accepts connections itself. */
  get process(): Process {
    const { listener } = this.views[this.view]!;
    const key = protocolNumbers[listener.protocol] * 65536 + listener.port;
    const known = this.#processes.get(key) ?? this.#processOf(listener);
    this.#processes.set(key, known);
    return known;
  }

  #processOf({ protocol, port }: LoadBalancerListener): Process {
    const relay: Relay = {
      servicePort: `${protocol} ${port}`,
      dialTimeoutsMs: [connectTimeoutMs],
      next: (accepted, _, dial) => this.#dial(accepted, dial),
      refused: () => {},
    };
    return { name: `load balancer ${this.#config.name}`, listens: [{ protocol, port }], relay };
  }

  #dial(accepted: Packet, dial: Dial): boolean {
    const address = addressFor(this.chosen, accepted.v6) ?? this.chosen.addresses[0];
    if (address === undefined) return false;
    dial.destination = address;
    dial.destinationPort = this.chosenPort;
    dial.sourcePort = accepted.sourcePort;
    dial.by = relayChoice.balanced;
    dial.count = this.views[this.view]!.healthy.length;
    return true;
  }

  #numberOf(view: ListenerView): number {
    const known = this.#numbers.get(view);
    if (known !== undefined) return known;
    this.#numbers.set(view, this.views.length);
    return this.views.push(view) - 1;
  }
}

/** How long a proxy waits for a target to answer. */
const connectTimeoutMs = 5000;

function byPort({ listeners }: LoadBalancer): Map<number, LoadBalancerListener> {
  const table = new Map<number, LoadBalancerListener>();
  for (const listener of listeners) {
    const key = protocolNumbers[listener.protocol] * 65536 + listener.port;
    if (!table.has(key)) table.set(key, listener);
  }
  return table;
}

function allows(ranges: readonly Cidr[] | undefined, { v6, src0, src1, src2, src3 }: Packet): boolean {
  if (ranges === undefined) return true;
  const source = v6 ? [src0, src1, src2, src3] : [src0];
  return ranges.some((range) => range.words.length === source.length && cidrContains(range, source));
}

/** A target's address of a family. */
export function addressFor({ addresses }: LoadBalancerTarget, v6: boolean): AddressWords | undefined {
  return addresses.find((words) => (words.length === 4) === v6);
}

/** `n1 192.168.10.11:30080`; without the port where the destination stays as it is. */
export function targetText({ listener }: ListenerView, index: number, v6: boolean, mode: LoadBalancerMode): string {
  const target = listener.targets[index]!;
  const address = addressFor(target, v6) ?? target.addresses[0];
  if (address === undefined) return target.name;
  const text = formatAddress(address);
  return `${target.name} ${mode === "vip" ? text : joinHostPort(text, listener.targetPort)}`;
}
