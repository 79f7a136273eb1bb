import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { emptyState } from "@kubenetsim/core/apiserver/empty-state";
import type { RestAnswer, RestWatch, WatchEvent } from "@kubenetsim/core/apiserver/rest/request";
import { RestServer } from "@kubenetsim/core/apiserver/rest/rest-server";
import type { ApiStore } from "@kubenetsim/core/apiserver/rest/store";
import { settle } from "@kubenetsim/core/controllers/settle";
import { ChangeEvents } from "@kubenetsim/core/runtime/change-events";
import { type Clock, virtualClock } from "@kubenetsim/core/runtime/clock";
import { type Random, seededRandom } from "@kubenetsim/core/runtime/random";

/** A REST API server over a store in memory, and how to ask it: `ask("GET", "/api/v1/pods?limit=2")`. */
export class TestApiServer implements ApiStore {
  readonly clock: Clock = virtualClock();
  readonly random: Random = seededRandom("rest");
  readonly server: RestServer;
  readonly changes: Change[] = [];
  oldestRevision: number;
  #state: ClusterState;
  #seen = 0;
  readonly #events = new ChangeEvents<Change>();

  constructor(state: ClusterState = emptyState()) {
    this.#state = state;
    this.oldestRevision = state.revision;
    this.server = new RestServer(this);
  }

  get state(): ClusterState {
    return this.#state;
  }

  commit(state: ClusterState, changes: readonly Change[]): void {
    this.#state = state;
    this.changes.push(...changes);
    this.#events.tell(changes);
  }

  changesSince(revision: number): readonly Change[] | undefined {
    return revision < this.oldestRevision ? undefined : this.changes.filter((change) => change.revision > revision);
  }

  watch(listener: (change: Change) => void): () => void {
    return this.#events.watch(listener);
  }

  /** Lets the controllers see everything that has been written since the last time. */
  settle(): void {
    const unseen = this.changes.slice(this.#seen);
    const { state, changes } = settle(this.#state, this, { changes: unseen });
    this.commit(state, changes);
    this.#seen = this.changes.length;
  }

  ask(method: string, url: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): RestAnswer {
    const response = this.#send(method, url, body, headers);
    if (response.kind === "watch") throw new Error(`${url} is a watch`);
    return response;
  }

  /** All that a watch tells, in a list that grows. */
  watching(
    url: string,
    headers: Readonly<Record<string, string>> = {},
  ): { events: WatchEvent[]; watch: RestWatch; stop: () => void } {
    const watch = this.#send("GET", url, undefined, headers);
    if (watch.kind !== "watch") throw new Error(JSON.stringify(watch.body));
    const events: WatchEvent[] = [];
    return { events, watch, stop: watch.start((event) => events.push(event)) };
  }

  #send(method: string, url: string, body: unknown, headers: Readonly<Record<string, string>>) {
    const [path = "", query = ""] = url.split("?", 2);
    const text = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
    const parameters = query.split("&").filter((part) => part !== "");
    const pairs = parameters.map((part) => {
      const [name = "", value = ""] = part.split(/=(.*)/s, 2);
      return [decodeURIComponent(name), decodeURIComponent(value)] as const;
    });
    return this.server.handle({ method, path, query: new Map(pairs), headers, ...text });
  }
}
