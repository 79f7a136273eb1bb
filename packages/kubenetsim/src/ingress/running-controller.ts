import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { Kind, ObjectKey } from "@kubenetsim/core/model/api-object";
import { objectKey } from "@kubenetsim/core/model/api-object";
import type { Pod } from "@kubenetsim/core/model/pod";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { Random } from "@kubenetsim/core/runtime/random";
import type { IngressController } from "@kubenetsim/ingress";
import type { ObjectHistory } from "../dataplane/object-history.ts";
import { containerWords } from "./container-words.ts";
import type { ControllerContainer } from "./controller-pod.ts";
import { TimedLog } from "./timed-log.ts";

/** What a controller's process stands in. */
export interface ProcessPlace extends ControllerContainer {
  readonly pod: Pod;
  readonly random: Random;
  /** Addresses of a name, as the Pod looks it up. */
  readonly resolve: (name: string) => readonly string[];
}

/**
 * The ingress controller of one Pod. It is brought up to a history when somebody asks, so that it makes no difference when somebody
 * looks. What it is told it has worked in before the next is told, whatever pace its queue keeps: a settled cluster is one in which
 * controllers have had the time that they need, and by that much its own time may be ahead of the cluster's clock.
 *
 * One that cannot start (a flag that nobody knows, a Service that has to be there) is started again with each settled state, as its
 * kubelet does.
 */
export class RunningController {
  readonly place: ProcessPlace;
  readonly log: TimedLog;
  #controller: IngressController | undefined;
  #problem: string | undefined;
  /** How much of the history it has seen. */
  #seen: number;
  /** Since it has listed the objects. */
  #isWatching = false;
  #isBroughtUp = false;
  #nowMs = 0;

  constructor(startedAt: number, place: ProcessPlace) {
    this.place = place;
    this.log = new TimedLog(0);
    this.#seen = startedAt;
  }

  get pod(): ObjectKey {
    return objectKey(this.place.pod);
  }

  /** Undefined as long as it could not start. */
  get controller(): IngressController | undefined {
    return this.#controller;
  }

  /** Why it could not start. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Starts its program, which costs little; what it knows of the objects comes later. */
  start(history: ObjectHistory): IngressController | undefined {
    for (; this.#controller === undefined && this.#seen < history.length; this.#seen++) {
      const { state, nowMs = 0 } = history[this.#seen]!;
      this.#tell(nowMs);
      this.#controller = this.#started(state);
      if (this.#controller !== undefined) break;
    }
    return this.#controller;
  }

  /** Tells it what has happened until now. */
  bringUpTo(history: ObjectHistory, nowMs: number): void {
    // What it looks up on the way may lead back to it.
    if (this.#isBroughtUp || this.start(history) === undefined) return;
    this.#isBroughtUp = true;
    try {
      this.#follow(history, nowMs);
    } finally {
      this.#isBroughtUp = false;
    }
  }

  #follow(history: ObjectHistory, nowMs: number): void {
    for (; this.#seen < history.length; this.#seen++) {
      const { state, changes, nowMs: atMs = 0 } = history[this.#seen]!;
      this.#take(this.#isWatching ? changes : listing(state), atMs);
      this.#isWatching = true;
    }
    this.#advance(nowMs);
  }

  #started(state: ClusterState): IngressController | undefined {
    const { pod, container, definition, random, resolve } = this.place;
    this.#problem = undefined;
    try {
      const controller = definition.start({
        args: containerWords(state, pod, container),
        pod: this.pod,
        random: () => random.next(),
        resolve,
        log: this.log,
        nowMs: this.#nowMs,
        state,
      });
      requireController(controller, definition.name);
      return controller;
    } catch (error) {
      if (!(error instanceof ParseError || error instanceof UnsupportedError)) throw error;
      this.#problem = error.message;
      return undefined;
    }
  }

  #take(changes: readonly Change[], nowMs: number): void {
    const controller = this.#controller!;
    this.#tell(nowMs);
    controller.take(changes, this.#nowMs);
    for (let dueMs = controller.dueMs; dueMs !== undefined; dueMs = controller.dueMs) {
      this.#tell(dueMs);
      controller.advance(dueMs);
    }
  }

  #advance(nowMs: number): void {
    if (nowMs <= this.#nowMs) return;
    this.#tell(nowMs);
    this.#controller?.advance(nowMs);
  }

  #tell(nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    this.log.nowMs = this.#nowMs;
  }
}

/** Of one that is plugged in, what TypeScript would have told. */
function requireController(given: unknown, name: string): void {
  const parts = (given ?? {}) as { readonly [part: string]: unknown };
  const missing = ["take", "advance", "answer"].find((part) => typeof parts[part] !== "function");
  if (missing !== undefined) throw new ParseError(`what ${name} starts is no controller: it has no ${missing}()`);
  if (!Array.isArray(parts.listens))
    throw new ParseError(`what ${name} starts is no controller: it has no list listens`);
}

/** All objects, as a first listing tells of them. */
function listing({ tables }: ClusterState): Change[] {
  return (Object.keys(tables) as Kind[]).flatMap((kind) =>
    tables[kind].values().map((object) => ({
      revision: Number(object.metadata.resourceVersion ?? 0),
      kind,
      key: objectKey(object),
      before: undefined,
      after: object,
    })),
  );
}
