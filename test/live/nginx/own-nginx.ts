import type { Choice, NginxServer, Request, Scheduler, SearchProgress } from "@kubenetsim/schedulers";
import { nginxTries } from "@kubenetsim/schedulers";
import type { ConfiguredServer, Upstream } from "./random-upstream.ts";

/** A request on its way: to whom it was sent, and what its next try goes on from. */
export interface OwnRequest {
  readonly request: Request;
  /** Indexes of servers; -1 last where none could be had. */
  readonly attempts: number[];
  progress: SearchProgress | undefined;
  triesLeft: number;
  /** The server that holds it; undefined when all let it down. */
  holder: string | undefined;
}

/** What nginx's ngx_http_upstream.c does around a balancer: it counts connections, and sends a request on that failed. */
export class OwnNginx {
  seconds = 0;
  picks = 0;
  readonly #scheduler: Scheduler<unknown>;
  readonly #upstream: Upstream;
  readonly #connections: number[];
  readonly #fails: (name: string) => boolean;
  #state: unknown;

  /** `fails`: whether a server, by its name, lets a request down when it comes. */
  constructor(scheduler: Scheduler<unknown>, upstream: Upstream, fails: (name: string) => boolean) {
    this.#scheduler = scheduler;
    this.#upstream = upstream;
    this.#fails = fails;
    this.#connections = upstream.servers.map(() => 0);
    this.#state = scheduler.start(upstream.servers, 0);
  }

  /** Sends a request on until a server holds it or it ends without an answer. */
  begin(request: Request): OwnRequest {
    const triesLeft = nginxTries(this.#upstream.servers);
    const own: OwnRequest = { request, attempts: [], progress: undefined, triesLeft, holder: undefined };
    this.#send(own);
    return own;
  }

  /** The server that holds the request answers. */
  answer(own: OwnRequest): void {
    own.holder = undefined;
    this.#release(own.attempts.at(-1)!, false);
  }

  /** The server that holds the request lets it down. */
  hangUp(own: OwnRequest): void {
    if (this.#fail(own)) this.#send(own);
  }

  #send(own: OwnRequest): void {
    while (true) {
      const choice = this.#choose(own);
      own.attempts.push(choice.index);
      own.progress = choice.progress;
      if (choice.index < 0) return;
      this.#connections[choice.index]!++;
      const { name } = this.#upstream.servers[choice.index]!;
      if (!this.#fails(name)) {
        own.holder = name;
        return;
      }
      if (!this.#fail(own)) return;
    }
  }

  #choose(own: OwnRequest): Choice<unknown> {
    const tried = own.attempts.map((index) => this.#upstream.servers[index]!.id);
    const request = {
      ...own.request,
      nowMs: this.seconds * 1000,
      tried,
      ...(own.progress === undefined ? {} : { progress: own.progress }),
    };
    const choice = this.#scheduler.choose(this.#state, this.#servers(), request);
    this.#state = choice.state;
    this.picks++;
    return choice;
  }

  /** The last server let the request down: whether it may go on. */
  #fail(own: OwnRequest): boolean {
    own.holder = undefined;
    this.#release(own.attempts.at(-1)!, true);
    own.triesLeft = this.#upstream.servers.length === 1 ? 0 : Math.max(0, own.triesLeft - 1);
    return own.triesLeft > 0;
  }

  #release(index: number, failed: boolean): void {
    this.#connections[index]!--;
    const outcome = { failed, durationMs: 1, nowMs: this.seconds * 1000 };
    this.#state = this.#scheduler.released!(this.#state, this.#servers(), index, outcome);
  }

  #servers(): NginxServer[] {
    return this.#upstream.servers.map((server: ConfiguredServer, i) => {
      const activeConnections = this.#connections[i]!;
      const overloaded = server.maxConnections > 0 && activeConnections >= server.maxConnections;
      return { ...server, activeConnections, overloaded };
    });
  }
}
