import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import type { Pod } from "@kubenetsim/core/model/pod";
import type { Random } from "@kubenetsim/core/runtime/random";
import type { IngressController, IngressControllerDefinition, ListeningPort } from "@kubenetsim/ingress";
import { ingressNginx, traefik } from "@kubenetsim/ingress";
import type { ObjectHistory } from "../dataplane/object-history.ts";
import { containerWords } from "./container-words.ts";
import { controllerContainer } from "./controller-pod.ts";
import { type ProcessPlace, RunningController } from "./running-controller.ts";
import type { TimedEntry } from "./timed-log.ts";

/** What the controllers of a cluster stand in. */
export interface ControllerSurroundings {
  /** Those that are plugged in, beside ingress-nginx and Traefik. */
  readonly definitions: readonly IngressControllerDefinition[];
  readonly random: Random;
  /** What was settled so far; at least one state. */
  readonly history: () => ObjectHistory;
  readonly nowMs: () => number;
  /** Addresses of a name, as a Pod looks it up. */
  readonly resolve: (pod: ObjectKey, name: string) => readonly string[];
}

/** The ingress controllers that run in Pods of a cluster. */
export class IngressControllers {
  readonly #surroundings: ControllerSurroundings;
  readonly #definitions: readonly IngressControllerDefinition[];
  /** By the Pod's uid, in the order in which they started. */
  readonly #running = new Map<string, RunningController>();
  /** By the Pod's key. */
  readonly #byPod = new Map<ObjectKey, RunningController>();
  #seen = 0;
  /** By the words of the command line, in one state. */
  #logsOfNow: { readonly of: ClusterState | undefined; readonly logs: Map<string, readonly TimedEntry[]> } = {
    of: undefined,
    logs: new Map(),
  };
  #leading: readonly RunningController[] = [];
  #listens: ReadonlyMap<ObjectKey, readonly ListeningPort[]> = new Map();
  #isAsked = false;

  constructor(surroundings: ControllerSurroundings) {
    this.#surroundings = surroundings;
    this.#definitions = [...surroundings.definitions, ingressNginx, traefik];
  }

  /** The controller of a Pod, brought up to the newest settled state and the time of now; undefined where none runs. */
  controllerAt(pod: ObjectKey): IngressController | undefined {
    return this.at(pod)?.controller;
  }

  /** The same with its log and what kept it from starting. */
  at(pod: ObjectKey): RunningController | undefined {
    this.#follow();
    const running = this.#byPod.get(pod);
    running?.bringUpTo(this.#surroundings.history(), this.#surroundings.nowMs());
    return running;
  }

  /** All that run now, brought up to now, the one that started first before the others. */
  all(): RunningController[] {
    this.#follow();
    const { history, nowMs } = this.#surroundings;
    for (const running of this.#running.values()) running.bringUpTo(history(), nowMs());
    return [...this.#running.values()];
  }

  /**
   * Those that write the status of Ingresses now: of those that elect a leader together, the one that started first. Then those that
   * have ended since this was asked last, and wrote until then.
   */
  leaders(): { readonly leading: readonly RunningController[]; readonly ended: readonly RunningController[] } {
    this.#follow();
    const { history, nowMs } = this.#surroundings;
    const leaders = new Map<string, RunningController>();
    for (const running of this.#running.values()) {
      const election = running.start(history())?.status?.election;
      if (election !== undefined && !leaders.has(election)) leaders.set(election, running);
    }
    const leading = [...leaders.values()];
    const ended = this.#leading.filter((leader) => !leading.includes(leader));
    this.#leading = leading;
    for (const leader of leading) leader.bringUpTo(history(), nowMs());
    return { leading, ended };
  }

  /** What a controller would have in its log that starts now with what this one has: what it says of things that are over is not in it. */
  logOfNow({ place }: RunningController): readonly TimedEntry[] {
    const history = this.#surroundings.history();
    const { state, nowMs } = history.at(-1)!;
    const text = containerWords(state, place.pod, place.container).join("\n");
    const known = this.#logsOfNow.of === state ? this.#logsOfNow.logs : new Map<string, readonly TimedEntry[]>();
    this.#logsOfNow = { of: state, logs: known };
    const log = known.get(text) ?? this.#startedNow(place, nowMs ?? 0);
    known.set(text, log);
    return log;
  }

  #startedNow(place: ProcessPlace, nowMs: number): readonly TimedEntry[] {
    const history = this.#surroundings.history();
    const fresh = new RunningController(history.length - 1, { ...place, random: place.random.fork("now") });
    fresh.bringUpTo(history, nowMs);
    return fresh.log.entries;
  }

  /** The ports on which controllers listen although their containers may not declare them. */
  listens(): ReadonlyMap<ObjectKey, readonly ListeningPort[]> {
    // Who looks a name up while it is brought up to date asks for the network, too.
    if (!this.#isAsked) {
      this.#isAsked = true;
      this.#listens = new Map(this.all().map(({ pod, controller }) => [pod, controller?.listens ?? []]));
      this.#isAsked = false;
    }
    return this.#listens;
  }

  /** Starts and ends processes with the Pods that came and went. */
  #follow(): void {
    const history = this.#surroundings.history();
    if (this.#seen === 0) for (const pod of history[0]?.state.tables.Pod.values() ?? []) this.#startIn(pod, 0);
    for (; this.#seen < history.length; this.#seen++) {
      for (const { kind, before, after } of history[this.#seen]!.changes) {
        if (kind !== "Pod") continue;
        if (after === undefined || hasEnded(after as Pod)) this.#end((before ?? after) as Pod);
        else this.#startIn(after as Pod, this.#seen);
      }
    }
  }

  #startIn(pod: Pod, time: number): void {
    const { uid = "", namespace = "", name } = pod.metadata;
    if (pod.status?.phase !== "Running" || this.#running.has(uid)) return;
    const found = controllerContainer(pod, this.#definitions);
    if (found === undefined) return;
    const { random, resolve } = this.#surroundings;
    const key = `${namespace}/${name}`;
    const place = { ...found, pod, random: random.fork(uid), resolve: (host: string) => resolve(key, host) };
    const running = new RunningController(time, place);
    this.#running.set(uid, running);
    this.#byPod.set(key, running);
  }

  #end({ metadata: { uid = "", namespace = "", name } }: Pod): void {
    const ended = this.#running.get(uid);
    this.#running.delete(uid);
    if (ended !== undefined && this.#byPod.get(`${namespace}/${name}`) === ended) this.#byPod.delete(ended.pod);
  }
}

function hasEnded({ status }: Pod): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}
