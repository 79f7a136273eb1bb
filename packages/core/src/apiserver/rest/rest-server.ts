import type { ApiObject } from "../../model/api-object.ts";
import { StatusError } from "../../runtime/errors.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";
import { applyObject } from "../patch/apply-object.ts";
import { patchObject } from "../patch/patch-object.ts";
import { readPatchType } from "../patch/patch-type.ts";
import { type AnswerForm, formed, readAnswerForm } from "./answer-form.ts";
import { removeCollection } from "./delete-collection.ts";
import { readDeleteOptions } from "./delete-options.ts";
import { type Removed, removeObject } from "./delete-verb.ts";
import { readEviction } from "./eviction.ts";
import { readListOptions } from "./list-options.ts";
import { listObjects, revisionComplaint } from "./list-verb.ts";
import { requirePodRoom } from "./pod-room.ts";
import { methodNotAllowed, noSuchResource } from "./refusals.ts";
import { jsonAnswer, type RestAnswer, type RestRequest, type RestResponse } from "./request.ts";
import { readObjectBody } from "./request-body.ts";
import { type ResourceRoute, readRoute } from "./route.ts";
import { patchScale, replaceScale, scaleView } from "./scale-verb.ts";
import { statusBody } from "./status-body.ts";
import type { ApiStore } from "./store.ts";
import { WarningRecorder } from "./warning-recorder.ts";
import { WatchHub } from "./watch-hub.ts";
import { watchObjects } from "./watch-verb.ts";
import { readWriteOptions, type WriteOptions } from "./write-options.ts";
import { createObject, replaceObject, requireObject, type WriteContext, type Written } from "./write-verbs.ts";

/**
 * The Kubernetes REST API over a store: a request in, an answer out, at once. Transports are thin layers over it: the fetch
 * handler, and kubectl in the library.
 *
 * @example
 * const server = new RestServer(store);
 * server.handle({ method: "GET", path: "/api/v1/services", query: new Map(), headers: {} });
 */
export class RestServer {
  readonly #store: ApiStore;
  readonly #hub: WatchHub;

  constructor(store: ApiStore) {
    this.#store = store;
    this.#hub = new WatchHub(store);
  }

  /** Refusals are answers, too: nothing is thrown for what a client sends. */
  handle(request: RestRequest): RestResponse {
    const warnings = new WarningRecorder();
    try {
      const route = readRoute(request.path);
      if (route === undefined) throw noSuchResource();
      warnings.add(...deprecation(route));
      const answer = this.#answer(route, request, warnings);
      return { ...answer, warnings: warnings.texts };
    } catch (reason) {
      if (!(reason instanceof StatusError)) throw reason;
      return jsonAnswer(reason.code, statusBody(reason), warnings.texts);
    }
  }

  #answer(route: ResourceRoute, request: RestRequest, warnings: WarningRecorder): RestResponse {
    const isCollection = route.name === undefined;
    switch (request.method) {
      case "GET":
        return isCollection ? this.#collection(route, request) : this.#show(route, request);
      case "POST":
        if (route.subresource === "eviction") return this.#evict(route, request, warnings);
        if (!isCollection || (route.info.namespaced && route.namespace === undefined)) throw methodNotAllowed();
        return this.#create(route, request, warnings);
      case "PUT":
        if (isCollection || route.subresource === "eviction") throw methodNotAllowed();
        return this.#replace(route, request, warnings);
      case "PATCH":
        if (isCollection || isWriteOnly(route)) throw methodNotAllowed();
        return this.#patch(route, request, warnings);
      case "DELETE":
        if (route.subresource !== undefined) throw methodNotAllowed();
        return isCollection ? this.#removeAll(route, request) : this.#remove(route, request);
      default:
        throw methodNotAllowed();
    }
  }

  #show(route: ResourceRoute, request: RestRequest): RestAnswer {
    if (isWriteOnly(route)) throw methodNotAllowed();
    const form = readAnswerForm(request);
    const complaint = revisionComplaint(request.query.get("resourceVersion") ?? "");
    if (complaint !== undefined) throw new StatusError("Unknown", complaint);
    const object = requireObject(this.#store.state, route);
    return jsonAnswer(200, this.#formed(object, form, route));
  }

  #create(route: ResourceRoute, request: RestRequest, warnings: WarningRecorder): RestAnswer {
    const form = readAnswerForm(request);
    const options = this.#options(request, "CreateOptions");
    const body = readObjectBody(request, route.kind);
    const context = this.#context(warnings, options);
    return this.#commit(createObject(this.#store.state, route, body, options, context), options, route, form);
  }

  #replace(route: ResourceRoute, request: RestRequest, warnings: WarningRecorder): RestAnswer {
    const form = readAnswerForm(request);
    const options = this.#options(request, "UpdateOptions");
    const isScale = route.subresource === "scale";
    const body = readObjectBody(request, isScale ? "Scale" : route.kind);
    const replace = isScale ? replaceScale : replaceObject;
    const written = replace(this.#store.state, route, body, options, this.#context(warnings, options));
    return this.#commit(written, options, route, form);
  }

  #patch(route: ResourceRoute, request: RestRequest, warnings: WarningRecorder): RestAnswer {
    const form = readAnswerForm(request);
    const type = readPatchType(request.headers["content-type"]);
    const options = this.#options(request, "PatchOptions");
    const { state } = this.#store;
    const text = request.body ?? "";
    const context = this.#context(warnings, options);
    const written =
      route.subresource === "scale"
        ? patchScale(state, route, { type, text }, options, context)
        : type === "apply"
          ? applyObject(state, route, text, options, context)
          : patchObject(state, route, { type, text }, options, context);
    return this.#commit(written, options, route, form);
  }

  #remove(route: ResourceRoute, request: RestRequest): RestAnswer {
    const options = readDeleteOptions(request);
    const { state, clock } = this.#store;
    return this.#finish(removeObject(state, route, options, clock), options.dryRun);
  }

  /** Nothing keeps a Pod from being evicted: there are no PodDisruptionBudgets. */
  #evict(route: ResourceRoute, request: RestRequest, warnings: WarningRecorder): RestAnswer {
    const write = this.#options(request, "CreateOptions");
    const options = readEviction(readObjectBody(request, "Eviction"), route, write, warnings);
    const { state, clock } = this.#store;
    const { state: after, changes } = removeObject(state, route, options, clock);
    if (!options.dryRun && changes.length > 0) this.#store.commit(after, changes);
    return jsonAnswer(201, { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 });
  }

  #removeAll(route: ResourceRoute, request: RestRequest): RestAnswer {
    const removed = removeCollection(this.#store, route, request);
    return this.#finish(removed, removed.options.dryRun);
  }

  #context(warnings: WarningRecorder, { dryRun }: WriteOptions): WriteContext {
    const { random, clock } = this.#store;
    return { random, clock, warnings, dryRun };
  }

  #options({ query, headers }: RestRequest, kind: string): WriteOptions {
    return readWriteOptions(query, headers["user-agent"] ?? "", kind);
  }

  /** A list, or a watch. */
  #collection(route: ResourceRoute, request: RestRequest): RestResponse {
    const options = readListOptions(request.query, route.kind);
    if (options.watch) return watchObjects(this.#store, this.#hub, route, options, request);
    return jsonAnswer(200, listObjects(this.#store, route, options, request));
  }

  #commit(written: Written, { dryRun }: WriteOptions, route: ResourceRoute, form: AnswerForm): RestAnswer {
    requirePodRoom(written.state, written.changes);
    if (!dryRun && written.changes.length > 0) this.#store.commit(written.state, written.changes);
    return jsonAnswer(written.created ? 201 : 200, this.#formed(unstored(written, dryRun), form, route));
  }

  #formed(object: ApiObject, form: AnswerForm, { subresource }: ResourceRoute): PlainObject {
    return formed(object, form, this.#store.clock.nowMs, subresource === "scale" ? scaleView : undefined);
  }

  #finish({ state, changes, body }: Removed, dryRun: boolean): RestAnswer {
    if (!dryRun && changes.length > 0) this.#store.commit(state, changes);
    return jsonAnswer(200, body);
  }
}

/** Below an object, and nothing to be looked at. */
function isWriteOnly({ subresource }: ResourceRoute): boolean {
  return subresource === "finalize" || subresource === "eviction";
}

/** What was not stored has no revision of its own. */
function unstored({ object, changes }: Written, dryRun: boolean): ApiObject {
  if (!dryRun || changes.length === 0) return object;
  const { resourceVersion: _, ...rest } = object.metadata;
  const before = changes[0]!.before?.metadata.resourceVersion;
  const metadata = { ...rest, ...(before === undefined ? {} : { resourceVersion: before }) };
  return { ...object, metadata } as ApiObject;
}

function deprecation(route: ResourceRoute): string[] {
  return route.info.deprecated === undefined ? [] : [route.info.deprecated];
}
