import {
  type EwmaState,
  ingressChash,
  ingressChashSubsetOf,
  ingressEwma,
  ingressRoundRobin,
  ingressStickyBalancedWith,
  ingressStickyPersistentWith,
  type Scheduler,
  type Server,
} from "@kubenetsim/schedulers";
import { backendOf, type Case, type Event, universe } from "./cases.ts";
import { stream } from "./chance.ts";

/** What one pick came to. */
export interface Pick {
  /** Number of the endpoint; -1 for none. */
  readonly endpoint: number;
  readonly cookie: string | undefined;
  /** Where it stands in ewma's own list. */
  readonly place: number;
  /** The balancer's state after it. */
  readonly state: State;
}

type State = unknown;

/** The worker's process id in the recorded keys. */
const worker = 77;

/** Plays a case through our balancer. */
export function replay(one: Case): Pick[] {
  const scheduler = schedulerOf(one);
  const picks: Pick[] = [];
  let list: readonly number[] = [];
  let state: State;
  // resty.roundrobin draws its start when it hears of other endpoints, ours with the request after.
  let started = 0;
  for (const [at, event] of one.events.entries()) {
    if (event.what === "sync") {
      if ([...list].sort().join() !== [...event.list].sort().join()) started = at;
      state = synced(scheduler, state, list, event);
      list = event.list;
    } else if (event.what === "pick") {
      const random = stream(one.number, one.kind === "round_robin" ? started : at);
      const choice = scheduler.choose(state, serversOf(list), requestOf(event, random));
      state = choice.state;
      picks.push({
        endpoint: choice.index < 0 ? -1 : list[choice.index]!,
        cookie: choice.cookie,
        place: placeOf(state, choice.index),
        state,
      });
    } else {
      const outcome = { failed: false, ...event };
      state = scheduler.released!(state, serversOf(list), list.indexOf(event.endpoint), outcome);
    }
  }
  return picks;
}

function placeOf(state: State, index: number): number {
  return (state as Partial<EwmaState>).peers?.positions.indexOf(index) ?? -1;
}

function schedulerOf({ number, kind, subsetSize, changeOnFailure }: Case): Scheduler<State> {
  const backend = backendOf(number);
  switch (kind) {
    case "round_robin":
      return ingressRoundRobin as Scheduler<State>;
    case "ewma":
      return ingressEwma as Scheduler<State>;
    case "chash":
      return ingressChash as Scheduler<State>;
    case "chashsubset":
      return ingressChashSubsetOf(subsetSize) as Scheduler<State>;
    case "sticky_balanced":
      return ingressStickyBalancedWith({ backend, changeOnFailure, worker }) as Scheduler<State>;
    case "sticky_persistent":
      return ingressStickyPersistentWith({ backend, changeOnFailure }) as Scheduler<State>;
  }
}

/** The method that fits what changed: one endpoint more, one less, or the order. */
function synced(
  scheduler: Scheduler<State>,
  state: State,
  before: readonly number[],
  { list, nowMs }: Event & { what: "sync" },
): State {
  const servers = serversOf(list);
  if (state === undefined) return scheduler.start(servers, nowMs);
  const came = list.findIndex((one) => !before.includes(one));
  if (came >= 0) return scheduler.added(state, servers, came, nowMs);
  const left = before.findIndex((one) => !list.includes(one));
  if (left >= 0) return scheduler.removed(state, servers, left, nowMs);
  return scheduler.changed(state, servers, nowMs);
}

function serversOf(list: readonly number[]): Server[] {
  return list.map((endpoint) => ({
    id: endpoint,
    address: universe[endpoint]!.address,
    port: universe[endpoint]!.port,
    weight: 1,
    lastWeight: 1,
    activeConnections: 0,
    inactiveConnections: 0,
    overloaded: false,
  }));
}

function requestOf({ nowMs, key, cookie, tried }: Event & { what: "pick" }, random: () => number) {
  return {
    sourceAddress: [0],
    sourcePort: 0,
    destinationAddress: [0],
    nowMs,
    fallback: false,
    usePort: false,
    key,
    tried,
    random,
    ...(cookie === undefined ? {} : { cookie }),
  };
}
