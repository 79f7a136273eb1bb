import { withConnections } from "../balance.ts";
import type { Request, Scheduler, Server } from "../scheduler.ts";
import { requestFrom, startWith } from "../servers.ts";

/** Under which load a scheduler is studied. */
export interface Load {
  /**
   * For how many further arrivals a connection stays active: 0 (when not given) is over before the next comes,
   * Infinity never ends.
   */
  readonly lasting?: number;
  /** Who asks, over and over in this order; one client when not given. */
  readonly requests?: readonly Request[];
}

const oneClient: readonly Request[] = [requestFrom("10.1.0.1:40000")];

/** The id of the server, -1 for nobody, and how many were looked at for it. */
export interface Pick {
  readonly id: number;
  readonly examined: number;
}

/** Picks one after the other. Everything that decides the next one is in `key`. */
export class Sequence<State> {
  readonly #scheduler: Scheduler<State>;
  readonly #requests: readonly Request[];
  readonly #lasting: number;
  #servers: readonly Server[];
  #state: State;
  /** Ids of the servers of the connections that are open, the oldest first, -1 where an arrival found nobody. */
  #open: number[] = [];
  #arrivals = 0;

  constructor(scheduler: Scheduler<State>, servers: readonly Server[], load: Load = {}) {
    this.#scheduler = scheduler;
    this.#servers = servers;
    this.#state = startWith(scheduler, servers);
    this.#requests = load.requests ?? oneClient;
    this.#lasting = checkLasting(load.lasting ?? 0);
  }

  next(): Pick {
    if (this.#open.length > this.#lasting) this.#count(this.#open.shift()!, -1);
    const request = this.#requests[this.#arrivals++ % this.#requests.length]!;
    const { index, state, examined } = this.#scheduler.choose(this.#state, this.#servers, request);
    this.#state = state;
    const id = index < 0 ? -1 : this.#servers[index]!.id;
    if (this.#lasting > 0) {
      this.#open.push(id);
      this.#count(id, 1);
    }
    return { id, examined };
  }

  /** Equal only where all further picks are. */
  get key(): string {
    const turn = this.#arrivals % this.#requests.length;
    return JSON.stringify([turn, this.#state, this.#open]);
  }

  #count(id: number, by: number): void {
    const index = this.#servers.findIndex((server) => server.id === id);
    if (index >= 0) this.#servers = withConnections(this.#servers, index, by, 0);
  }
}

function checkLasting(lasting: number): number {
  if (lasting === Number.POSITIVE_INFINITY || (Number.isSafeInteger(lasting) && lasting >= 0)) return lasting;
  throw new RangeError(`lasting is a whole number of arrivals from 0, or Infinity, not ${lasting}`);
}
