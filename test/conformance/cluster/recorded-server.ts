import { answerRequest } from "@kubenetsim/api/answer-request";
import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { RestRequest, RestResponse } from "@kubenetsim/core/apiserver/rest/request";
import { RestServer } from "@kubenetsim/core/apiserver/rest/rest-server";
import type { ApiStore } from "@kubenetsim/core/apiserver/rest/store";
import { settle } from "@kubenetsim/core/controllers/settle";
import { type Clock, virtualClock } from "@kubenetsim/core/runtime/clock";
import type { Random } from "@kubenetsim/core/runtime/random";
import { type CommandResult, runKubectl } from "@kubenetsim/kubectl";
import type { Scenario } from "./scenario.ts";

/** The recordings show every age as ten seconds: writes happen at the beginning, and reads ten seconds later. */
const ageMs = 10_000;

/** A scenario's API server and its controllers, and kubectl before it. */
export class RecordedServer implements ApiStore {
  readonly clock: Clock;
  readonly random: Random;
  readonly files = new Map<string, string>();
  readonly #server: RestServer;
  #state: ClusterState;
  #isReading = false;
  /** What the controllers have not seen yet. */
  readonly #unseen: Change[] = [];

  constructor(scenario: Scenario) {
    this.#state = scenario.state;
    this.random = scenario.random;
    const base = virtualClock();
    const isReading = (): boolean => this.#isReading;
    this.clock = {
      get nowMs() {
        return isReading() ? ageMs : 0;
      },
      schedule: base.schedule,
      advance: base.advance,
      fork: base.fork,
    };
    this.#server = new RestServer(this);
  }

  get state(): ClusterState {
    return this.#state;
  }

  commit(state: ClusterState, changes: readonly Change[]): void {
    this.#state = state;
    this.#unseen.push(...changes);
  }

  get oldestRevision(): number {
    return 0;
  }

  changesSince(): readonly Change[] {
    return [];
  }

  watch(): () => void {
    return () => {};
  }

  /** Runs one command line's words, without `kubectl`, and lets the controllers see what it did. */
  run(words: readonly string[]): CommandResult {
    const result = runKubectl(words, {
      handle: (request) => this.#handle(request),
      files: { read: (path) => this.files.get(path), write: () => {}, list: () => undefined },
      stdin: "",
      nowMs: ageMs,
      wait: () => false,
    });
    const changes = this.#unseen.splice(0);
    this.#state = settle(this.#state, { random: this.random, clock: virtualClock() }, { changes }).state;
    return result;
  }

  #handle(request: RestRequest): RestResponse {
    this.#isReading = request.method === "GET";
    try {
      return answerRequest(request, (resource) => this.#server.handle(resource));
    } finally {
      this.#isReading = false;
    }
  }
}
