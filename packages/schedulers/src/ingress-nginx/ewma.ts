import { drawBelow } from "../chance.ts";
import { type Endpoints, endpointsOf } from "../endpoints.ts";
import type { Choice, Outcome, Request, Scheduler, Server } from "../scheduler.ts";
import { decayed, type Score, secondsOf } from "./ewma-scores.ts";

export interface EwmaState {
  /** In the order in which the balancer got them last. */
  readonly peers: Endpoints;
  /** Of each peer the moving average of its answers as it was last stored, in seconds; null when nothing is known. */
  readonly averages: readonly (number | null)[];
  /** Of each peer when that was, in seconds. */
  readonly touched: readonly (number | null)[];
  /** Of endpoints that are not listed now. They stay known when the whole list went, because no `sync` saw them go. */
  readonly unlisted: Readonly<Record<string, Score>>;
}

const name = "ingress-nginx/ewma";

/**
 * ingress-nginx's `load-balance: ewma`, peak EWMA: of two endpoints drawn by chance the one with the lower moving average
 * of answer times, which decays over 10 s (rootfs/etc/nginx/lua/balancer/ewma.lua). Draws twice a request, not for a
 * single endpoint. Endpoints in `tried` are left out unless all were tried. `released` feeds the average with
 * `connectMs` + `durationMs` of the last try, in seconds; earlier tries (`retried`) count for nothing. An endpoint that
 * is added begins with the mean of those that are known, one that is removed is forgotten. Without `nowMs` it is added when
 * the last answer came.
 *
 * In nginx a worker that finds an endpoint's lock taken drops what it learned; here answers come one after the other.
 */
export const ewma: Scheduler<EwmaState> = {
  name,
  start: (servers) => list(endpointsOf(servers), {}),
  added: (state, servers, _, nowMs) => sync(state, servers, nowMs),
  removed: (state, servers, _, nowMs) => sync(state, servers, nowMs),
  changed: sync,
  choose,
  released,
  remembers: () => false,
};

/** The endpoints with what the dict knows of them. */
function list(peers: Endpoints, dict: Readonly<Record<string, Score>>): EwmaState {
  const unlisted = { ...dict };
  const scores = peers.names.map((endpoint) => unlisted[endpoint]);
  for (const endpoint of peers.names) delete unlisted[endpoint];
  const averages = scores.map((score) => score?.average ?? null);
  return { peers, averages, touched: scores.map((score) => score?.touched ?? null), unlisted };
}

/** The shared dicts: all scores by endpoint. */
function dictOf(state: EwmaState): Record<string, Score> {
  const dict = { ...state.unlisted };
  for (const [place, endpoint] of state.peers.names.entries()) {
    if (state.averages[place] !== null) dict[endpoint] = scoreOf(state, place);
  }
  return dict;
}

/** Without any endpoint there is no balancer (balancer.lua `sync_backend`): none that forgets, and a new one starts after. */
function sync(state: EwmaState, servers: readonly Server[], nowMs?: number): EwmaState {
  const endpoints = endpointsOf(servers);
  const dict = dictOf(state);
  const { names } = state.peers;
  if (names.length === 0 || endpoints.names.length === 0) return list(endpoints, dict);
  const [before, after] = [new Set(names), new Set(endpoints.names)];
  if (before.size === after.size && names.every((endpoint) => after.has(endpoint))) {
    return { ...state, peers: { names, positions: moved(names, endpoints) } };
  }
  const now = nowMs === undefined ? lastTouch(dict) : secondsOf(nowMs);
  replaceScores(dict, before, after, now);
  return list(endpoints, dict);
}

/** The same endpoints in another order leave the balancer's own list as it is. */
function moved(before: readonly string[], { names, positions }: Endpoints): number[] {
  const positionOf = new Map(names.map((endpoint, at) => [endpoint, positions[at]!]));
  return before.map((endpoint) => positionOf.get(endpoint)!);
}

/** ewma.lua `sync`: forget those that left, then give those that came the mean of all that are known. */
function replaceScores(dict: Record<string, Score>, before: Set<string>, after: Set<string>, now: number): void {
  for (const endpoint of before) if (!after.has(endpoint)) delete dict[endpoint];
  const known = [...after].flatMap((endpoint) => dict[endpoint]?.average ?? []);
  if (known.length === 0) return;
  const mean = known.reduce((sum, average) => sum + average, 0) / known.length;
  for (const endpoint of after) if (!before.has(endpoint)) dict[endpoint] = { average: mean, touched: now };
}

function lastTouch(dict: Readonly<Record<string, Score>>): number {
  return Object.values(dict).reduce((last, { touched }) => Math.max(last, touched), 0);
}

function choose(state: EwmaState, servers: readonly Server[], request: Request): Choice<EwmaState> {
  const untried = untriedPlaces(state, servers, request.tried);
  const count = untried?.length ?? state.peers.names.length;
  if (count === 0) return { state, index: -1, examined: 0 };
  const placeOf = (nth: number): number => (untried === undefined ? nth : untried[nth]!);
  if (count === 1) return { state, index: state.peers.positions[placeOf(0)]!, examined: 1 };
  const [first, second] = twoOf(count, request).map(placeOf) as [number, number];
  const now = secondsOf(request.nowMs);
  const better = scoreAt(state, second, now) < scoreAt(state, first, now) ? second : first;
  return { state, index: state.peers.positions[better]!, examined: 2 };
}

/** Two steps of a Fisher-Yates shuffle (`shuffle_peers`): the second draw meets the head where the first one was taken. */
function twoOf(count: number, request: Request): [number, number] {
  const first = drawBelow(request, count, name);
  const second = 1 + drawBelow(request, count - 1, name);
  return [first, second === first ? 0 : second];
}

function scoreAt(state: EwmaState, place: number, now: number): number {
  return decayed(scoreOf(state, place), 0, now);
}

/** Of a peer that nothing is known of, the dicts have nothing, and 0 stands for both numbers. */
function scoreOf(state: EwmaState, place: number): Score {
  return { average: state.averages[place] ?? 0, touched: state.touched[place] ?? 0 };
}

/** Places of the endpoints that this request did not try; undefined when all are to choose from. */
function untriedPlaces(
  state: EwmaState,
  servers: readonly Server[],
  tried: readonly number[] = [],
): number[] | undefined {
  if (tried.length === 0) return undefined;
  const places = [...state.peers.positions.keys()].filter(
    (at) => !tried.includes(servers[state.peers.positions[at]!]!.id),
  );
  return places.length === 0 ? undefined : places;
}

/** ewma.lua `after_balance`, which runs once a request, when it is over. */
function released(state: EwmaState, _: readonly Server[], index: number, outcome: Outcome): EwmaState {
  const place = state.peers.positions.indexOf(index);
  if (outcome.retried || place < 0) return state;
  const now = secondsOf(outcome.nowMs);
  const seconds = (outcome.connectMs ?? 0) / 1000 + outcome.durationMs / 1000;
  const average = decayed(scoreOf(state, place), seconds, now);
  return { ...state, averages: state.averages.with(place, average), touched: state.touched.with(place, now) };
}
