import { StatusError } from "../../runtime/errors.ts";
import type { PlainObject } from "../manifest/manifest-document.ts";
import { patchObject } from "../patch/patch-object.ts";
import { readPatchType } from "../patch/patch-type.ts";
import { formed, readAnswerForm } from "./answer-form.ts";
import { readListOptions } from "./list-options.ts";
import { listObjects, revisionComplaint } from "./list-verb.ts";
import { bodyOf } from "./object-body.ts";
import { badRequest, methodNotAllowed, noSuchResource } from "./refusals.ts";
import { jsonAnswer, type RestAnswer, type RestRequest, type RestResponse } from "./request.ts";
import { type ResourceRoute, readRoute } from "./route.ts";
import { statusBody } from "./status-body.ts";
import type { ApiStore } from "./store.ts";
import { WatchHub } from "./watch-hub.ts";
import { watchObjects } from "./watch-verb.ts";
import { readWriteOptions } from "./write-options.ts";
import { createObject, removeObject, replaceObject, requireObject, type Written } from "./write-verbs.ts";

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
    try {
      const route = readRoute(request.path);
      if (route === undefined) throw noSuchResource();
      return this.#answer(route, request);
    } catch (reason) {
      if (reason instanceof StatusError) return jsonAnswer(reason.code, statusBody(reason), reason.warnings);
      throw reason;
    }
  }

  #answer(route: ResourceRoute, request: RestRequest): RestResponse {
    const { state } = this.#store;
    const { method } = request;
    const patchType =
      method === "PATCH" && route.name !== undefined ? readPatchType(request.headers["content-type"]) : undefined;
    if (method === "GET" && route.name === undefined) return this.#collection(route, request);
    if (method === "GET") return this.#show(route, request);
    const options = readWriteOptions(request.query, request.headers["user-agent"] ?? "");
    const context = this.#store;
    if (method === "POST" && route.name === undefined) {
      return this.#commit(201, createObject(state, route, readBody(request), options, context), options.dryRun, route);
    }
    if (method === "PUT" && route.name !== undefined) {
      return this.#commit(200, replaceObject(state, route, readBody(request), options, context), options.dryRun, route);
    }
    if (patchType !== undefined && patchType !== "apply") {
      const patch = { type: patchType, text: request.body ?? "" };
      return this.#commit(200, patchObject(state, route, patch, options, context), options.dryRun, route);
    }
    if (method === "DELETE" && route.name !== undefined && route.subresource === undefined) {
      return this.#commit(200, removeObject(state, route), options.dryRun, route);
    }
    throw methodNotAllowed();
  }

  #show(route: ResourceRoute, request: RestRequest): RestAnswer {
    const form = readAnswerForm(request);
    const complaint = revisionComplaint(request.query.get("resourceVersion") ?? "");
    if (complaint !== undefined) throw new StatusError("Unknown", complaint);
    const object = requireObject(this.#store.state, route);
    return jsonAnswer(200, formed(object, form, this.#store.clock.nowMs), deprecation(route));
  }

  /** A list, or a watch. */
  #collection(route: ResourceRoute, request: RestRequest): RestResponse {
    const options = readListOptions(request.query, route.kind);
    if (options.watch) return watchObjects(this.#store, this.#hub, route, options, request, deprecation(route));
    return jsonAnswer(200, listObjects(this.#store, route, options, request), deprecation(route));
  }

  #commit(code: number, written: Written, dryRun: boolean, route: ResourceRoute): RestAnswer {
    if (!dryRun && written.changes.length > 0) this.#store.commit(written.state, written.changes);
    return jsonAnswer(code, bodyOf(written.object), [...deprecation(route), ...written.warnings]);
  }
}

function deprecation(route: ResourceRoute): string[] {
  return route.info.deprecated === undefined ? [] : [route.info.deprecated];
}

function readBody(request: RestRequest): PlainObject {
  let value: unknown;
  try {
    value = JSON.parse(request.body ?? "");
  } catch (reason) {
    throw badRequest(`couldn't get version/kind; json parse error: ${(reason as Error).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badRequest("couldn't get version/kind; json parse error: the body is no object");
  }
  return value as PlainObject;
}
