import { formatEndpoint, parseEndpoint } from "./address.ts";
import type { Outcome, Request, Scheduler, Server } from "./scheduler.ts";
import {
  checkWeight,
  letterOf,
  listsNewestFirst,
  requestFrom,
  type ServerDescription,
  serverOf,
  serversOf,
  startWith,
} from "./servers.ts";

/** What happened, and how everything stood after it. */
export interface Step {
  /** `open`, `finish B`, `close B`, `weight B 0`, `remove A`, `add D`, `full A`, `free A`. */
  readonly event: string;
  /** Who asked, where somebody did. */
  readonly request?: Request;
  /** The id of the server that was chosen, -1 for nobody; undefined where nothing was to be chosen. */
  readonly pick?: number;
  /** How many servers were looked at. */
  readonly examined?: number;
  readonly state: unknown;
  readonly servers: readonly Server[];
}

/** A connection that a `Balance` opened: the id of its server, -1 for nobody. */
export interface Connection {
  readonly server: number;
}

/**
 * A scheduler with its servers, its state and the connections that are open, for notebooks and lessons: it counts, and
 * writes down each step for `stepTable` and `stepSvg`.
 *
 * @example
 * const lesson = new Balance(wrr, ["10.244.0.2:8080", { address: "10.244.0.3:8080", weight: 2 }]);
 * lesson.open();
 * lesson.setWeight("10.244.0.3:8080", 0);
 * console.log(stepTable(lesson.steps));
 */
export class Balance<State> {
  readonly scheduler: Scheduler<State>;
  readonly steps: Step[] = [];
  #servers: readonly Server[];
  #state: State;
  #nextId: number;
  #opened = 0;

  /** @throws as `serversOf`. */
  constructor(scheduler: Scheduler<State>, servers: readonly ServerDescription[]) {
    this.scheduler = scheduler;
    this.#servers = serversOf(scheduler, servers);
    this.#state = startWith(scheduler, this.#servers);
    this.#nextId = servers.length;
    this.#record("start");
  }

  /** In the scheduler's order. */
  get servers(): readonly Server[] {
    return this.#servers;
  }

  get state(): State {
    return this.#state;
  }

  /** A new connection; without a request that of a client of its own: 10.1.0.1, 10.1.0.2 … */
  open(request: Request = clientRequest(this.#opened)): Connection {
    this.#opened++;
    const choice = this.scheduler.choose(this.#state, this.#servers, request);
    this.#state = choice.state;
    const pick = choice.index < 0 ? -1 : this.#servers[choice.index]!.id;
    if (choice.index >= 0) this.#servers = withConnections(this.#servers, choice.index, 1, 0);
    this.#record("open", { request, pick, examined: choice.examined });
    return { server: pick };
  }

  /** The connection ends and waits to be forgotten: it counts as inactive, as after a FIN in the kernel. */
  finish(connection: Connection): void {
    this.#count(connection, -1, 1, "finish");
  }

  /** The connection is over and gone; for those who learn from it, with how it went. */
  close(connection: Connection, outcome: Outcome = { failed: false, durationMs: 0, nowMs: 0 }): void {
    const index = this.#servers.findIndex(({ id }) => id === connection.server);
    if (index >= 0 && this.scheduler.released !== undefined) {
      this.#state = this.scheduler.released(this.#state, this.#servers, index, outcome);
    }
    this.#count(connection, -1, 0, "close");
  }

  /** @throws as `serversOf`. */
  add(description: ServerDescription): void {
    const server = serverOf(description, this.#nextId);
    const endpoint = formatEndpoint(server.address, server.port);
    if (this.#find(endpoint) >= 0) throw new RangeError(`the server ${endpoint} is there twice`);
    this.#nextId++;
    const index = listsNewestFirst(this.scheduler) ? 0 : this.#servers.length;
    this.#servers = this.#servers.toSpliced(index, 0, server);
    this.#state = this.scheduler.added(this.#state, this.#servers, index);
    this.#record(`add ${letterOf(server.id)}`);
  }

  /** @throws RangeError when there is no such server, TypeError for what is no address with a port. */
  remove(endpoint: string): void {
    const index = this.#indexOf(endpoint);
    const { id } = this.#servers[index]!;
    this.#servers = this.#servers.toSpliced(index, 1);
    this.#state = this.scheduler.removed(this.#state, this.#servers, index);
    this.#record(`remove ${letterOf(id)}`);
  }

  /** @throws RangeError for a weight out of range or when there is no such server. */
  setWeight(endpoint: string, weight: number): void {
    const index = this.#indexOf(endpoint);
    const server = weightedAs(this.#servers[index]!, checkWeight(weight));
    this.#servers = this.#servers.with(index, server);
    this.#state = this.scheduler.changed(this.#state, this.#servers);
    this.#record(`weight ${letterOf(server.id)} ${weight}`);
  }

  /** Above its upper threshold or not, as IPVS finds when it counts connections. */
  setOverloaded(endpoint: string, overloaded: boolean): void {
    const index = this.#indexOf(endpoint);
    this.#servers = this.#servers.with(index, { ...this.#servers[index]!, overloaded });
    this.#record(`${overloaded ? "full" : "free"} ${letterOf(this.#servers[index]!.id)}`);
  }

  #count(connection: Connection, active: number, inactive: number, event: string): void {
    const index = this.#servers.findIndex(({ id }) => id === connection.server);
    if (index < 0) return;
    this.#servers = withConnections(this.#servers, index, active, inactive);
    this.#record(`${event} ${letterOf(connection.server)}`);
  }

  #indexOf(text: string): number {
    if (parseEndpoint(text) === undefined) throw new TypeError(`"${text}" is no address with a port`);
    const index = this.#find(text);
    if (index < 0) throw new RangeError(`there is no server ${text}`);
    return index;
  }

  #find(text: string): number {
    const wanted = parseEndpoint(text)!;
    const name = formatEndpoint(wanted.address, wanted.port);
    return this.#servers.findIndex(({ address, port }) => formatEndpoint(address, port) === name);
  }

  #record(event: string, choice?: Pick<Step, "request" | "pick" | "examined">): void {
    this.steps.push({ event, ...choice, state: this.#state, servers: this.#servers });
  }
}

/** The request of the n-th of many clients, from 0: 10.1.0.1 and on, all to one cluster IP, each with a key of its own. */
export function clientRequest(client: number): Request {
  const [high, low] = [(client + 1) >> 8, (client + 1) & 255];
  return requestFrom(`10.1.${high & 255}.${low}:${40_000 + (client % 20_000)}`, { key: `/page/${client}` });
}

/** The servers with one's connections counted up or down. */
export function withConnections(
  servers: readonly Server[],
  index: number,
  active: number,
  inactive: number,
): readonly Server[] {
  const server = servers[index]!;
  const activeConnections = server.activeConnections + active;
  const inactiveConnections = server.inactiveConnections + inactive;
  return servers.with(index, { ...server, activeConnections, inactiveConnections });
}

/** A weight of 0 leaves the last one that was not in memory (`__ip_vs_update_dest`). */
export function weightedAs(server: Server, weight: number): Server {
  return { ...server, weight, lastWeight: weight === 0 ? server.lastWeight : weight };
}
