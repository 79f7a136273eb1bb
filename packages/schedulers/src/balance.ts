import { type Displayed, displayBase } from "@kubenetsim/display/display";
import { formatEndpoint, parseEndpoint } from "./address.ts";
import type { Outcome, Request, Scheduler, Server } from "./scheduler.ts";
import { nextNumber, type StreamState } from "./seeded-stream.ts";
import {
  fieldsOf,
  letterOf,
  listsNewestFirst,
  requestFrom,
  type ServerDescription,
  serverOf,
  serversOf,
  startWith,
} from "./servers.ts";
import { balanceViews } from "./study/step-views.ts";
import { checkWeight } from "./weight.ts";

const ShownLesson: new () => Displayed = displayBase(balanceViews);

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

/** A connection that a `Balance` opened. */
export interface Connection {
  /** 0, 1, 2 … in the order in which they were opened. */
  readonly id: number;
  /** The id of its server, -1 for nobody. */
  readonly server: number;
  /** The session cookie that the choice set, where it began a session. */
  readonly cookie?: string;
}

export interface BalanceOptions {
  /** Where chance begins for requests that bring none of their own: the `chance` of another `Balance`, or any whole number; 0. */
  readonly seed?: number;
}

/** What the kernel counts a connection as (`IP_VS_CONN_F_INACTIVE`), and whose it is. */
interface OpenConnection {
  readonly server: number;
  readonly active: boolean;
}

/**
 * A scheduler with its servers, its state and the connections that are open, for notebooks and lessons: it counts, and
 * writes down each step for `stepTable` and `stepSvg`. Whoever draws gets its numbers from a seeded stream, so a lesson that
 * runs again is the same.
 *
 * A server that comes back under its address and port is the one that left, with its id and the connections that are still
 * open: IPVS finds it in its trash (`ip_vs_trash_get_dest`). The kernel empties that when nobody has asked for a while; here,
 * where no time passes, nobody is forgotten.
 *
 * @example
 * const lesson = new Balance(wrr, ["10.244.0.2:8080", { address: "10.244.0.3:8080", weight: 2 }]);
 * lesson.open();
 * lesson.setWeight("10.244.0.3:8080", 0);
 * console.log(stepTable(lesson.steps));
 */
export class Balance<State> extends ShownLesson {
  readonly scheduler: Scheduler<State>;
  readonly steps: Step[] = [];
  #servers: readonly Server[];
  /** Servers that left, as they were then but for their connections. */
  #departed: readonly Server[] = [];
  #state: State;
  #chance: StreamState;
  #nextId: number;
  #opened = 0;
  readonly #connections = new Map<number, OpenConnection>();

  /** @throws as `serversOf`; TypeError without a scheduler, RangeError for a seed that is no whole number. */
  constructor(scheduler: Scheduler<State>, servers: readonly ServerDescription[], { seed = 0 }: BalanceOptions = {}) {
    super();
    if (scheduler === undefined) throw new TypeError("a Balance needs a scheduler; schedulerNamed knows them by name");
    if (!Number.isSafeInteger(seed)) throw new RangeError(`a seed is a whole number, not ${seed}`);
    this.scheduler = scheduler;
    this.#servers = serversOf(scheduler, servers);
    this.#state = startWith(scheduler, this.#servers);
    this.#chance = seed;
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

  /** How far the stream of chance has come: as another's `seed`, that goes on from there. */
  get chance(): StreamState {
    return this.#chance;
  }

  /**
   * A new connection; without a request that of a client of its own: 10.1.0.1, 10.1.0.2 … A request without `random` draws
   * from this lesson's chance.
   */
  open(request: Request = clientRequest(this.#opened)): Connection {
    let chance = this.#chance;
    const drawn = (): number => {
      const { number, state } = nextNumber(chance);
      chance = state;
      return number;
    };
    const asked = request.random === undefined ? { ...request, random: drawn } : request;
    const { state, index, examined, cookie } = this.scheduler.choose(this.#state, this.#servers, asked);
    this.#chance = chance;
    this.#state = state;
    const id = this.#opened++;
    const server = index < 0 ? -1 : this.#servers[index]!.id;
    if (index >= 0) {
      this.#connections.set(id, { server, active: true });
      this.#servers = withConnections(this.#servers, index, 1, 0);
    }
    this.#record("open", { request, pick: server, examined });
    return { id, server, ...(cookie !== undefined && { cookie }) };
  }

  /**
   * The connection ends and waits to be forgotten: it counts as inactive, as after a FIN in the kernel, until it is closed.
   *
   * @throws RangeError for one that is not open, or has finished before. One that nobody took has nothing to end.
   */
  finish(connection: Connection): void {
    if (connection.server < 0) return;
    const { server, active } = this.#openOne(connection);
    if (!active) throw new RangeError(`connection ${connection.id} has finished before`);
    this.#connections.set(connection.id, { server, active: false });
    this.#count(server, -1, 1, "finish");
  }

  /**
   * The connection is over and gone, whether it had finished or not; for those who learn from it, with how it went.
   *
   * @throws RangeError for one that is not open. One that nobody took has nothing to close.
   */
  close(connection: Connection, outcome: Outcome = { failed: false, durationMs: 0, nowMs: 0 }): void {
    if (connection.server < 0) return;
    const { server, active } = this.#openOne(connection);
    const index = this.#servers.findIndex(({ id }) => id === server);
    if (index >= 0 && this.scheduler.released !== undefined) {
      this.#state = this.scheduler.released(this.#state, this.#servers, index, outcome);
    }
    this.#connections.delete(connection.id);
    this.#count(server, active ? -1 : 0, active ? 0 : -1, "close");
  }

  /** A server comes, or comes back. @throws as `serversOf`. */
  add(description: ServerDescription): void {
    const described = serverOf(description, this.#nextId);
    const endpoint = formatEndpoint(described.address, described.port);
    if (findServer(this.#servers, endpoint) >= 0) throw new RangeError(`the server ${endpoint} is there twice`);
    const back = this.#departed[findServer(this.#departed, endpoint)];
    const server = back === undefined ? described : returning(back, description);
    const index = listsNewestFirst(this.scheduler) ? 0 : this.#servers.length;
    const servers = this.#servers.toSpliced(index, 0, server);
    this.#state = this.scheduler.added(this.#state, servers, index);
    this.#servers = servers;
    if (back === undefined) this.#nextId++;
    else this.#departed = this.#departed.filter((departed) => departed !== back);
    this.#record(`add ${letterOf(server.id)}`);
  }

  /** @throws RangeError when there is no such server, TypeError for what is no address with a port. */
  remove(endpoint: string): void {
    const index = this.#indexOf(endpoint);
    const server = this.#servers[index]!;
    const servers = this.#servers.toSpliced(index, 1);
    this.#state = this.scheduler.removed(this.#state, servers, index);
    this.#servers = servers;
    this.#departed = [...this.#departed, server];
    this.#record(`remove ${letterOf(server.id)}`);
  }

  /** @throws RangeError for a weight out of range or when there is no such server. */
  setWeight(endpoint: string, weight: number): void {
    const index = this.#indexOf(endpoint);
    const server = weightedAs(this.#servers[index]!, checkWeight(weight));
    const servers = this.#servers.with(index, server);
    this.#state = this.scheduler.changed(this.#state, servers);
    this.#servers = servers;
    this.#record(`weight ${letterOf(server.id)} ${weight}`);
  }

  /** Above its upper threshold or not, as IPVS finds when it counts connections. */
  setOverloaded(endpoint: string, overloaded: boolean): void {
    const index = this.#indexOf(endpoint);
    this.#servers = this.#servers.with(index, { ...this.#servers[index]!, overloaded });
    this.#record(`${overloaded ? "full" : "free"} ${letterOf(this.#servers[index]!.id)}`);
  }

  #openOne({ id }: Connection): OpenConnection {
    const connection = this.#connections.get(id);
    if (connection === undefined) throw new RangeError(`connection ${id} is not open`);
    return connection;
  }

  /** Counts for a server that left, too: it may come back. */
  #count(server: number, active: number, inactive: number, event: string): void {
    const counted = (servers: readonly Server[]): readonly Server[] => {
      const index = servers.findIndex(({ id }) => id === server);
      return index < 0 ? servers : withConnections(servers, index, active, inactive);
    };
    this.#servers = counted(this.#servers);
    this.#departed = counted(this.#departed);
    this.#record(`${event} ${letterOf(server)}`);
  }

  #indexOf(text: string): number {
    const wanted = parseEndpoint(text);
    if (wanted === undefined) throw new TypeError(`"${text}" is no address with a port`);
    const index = findServer(this.#servers, formatEndpoint(wanted.address, wanted.port));
    if (index < 0) throw new RangeError(`there is no server ${text}`);
    return index;
  }

  #record(event: string, choice?: Pick<Step, "request" | "pick" | "examined">): void {
    this.steps.push({ event, ...choice, state: this.#state, servers: this.#servers });
  }
}

function findServer(servers: readonly Server[], endpoint: string): number {
  return servers.findIndex(({ address, port }) => formatEndpoint(address, port) === endpoint);
}

/** The one that left, with the weight and the rest as described now and the connections that it still has. */
function returning({ id, activeConnections, inactiveConnections }: Server, description: ServerDescription): Server {
  return serverOf({ activeConnections, inactiveConnections, ...fieldsOf(description) }, id);
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
