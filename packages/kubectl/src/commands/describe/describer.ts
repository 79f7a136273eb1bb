import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Service } from "@kubenetsim/core/model/service";
import type { RestClient } from "../../client/rest-client.ts";
import { ServerError } from "../../client/server-error.ts";
import type { DescribeWriter } from "./describe-writer.ts";

/** Writes what there is to say of an object, but for its events. */
export type Describer<T> = (object: T, writer: DescribeWriter, lookUp: LookUp) => void;

/** What describers ask of the server beside the object itself. */
export class LookUp {
  readonly #client: RestClient;
  /** For ages, in virtual milliseconds. */
  readonly nowMs: number;

  constructor(client: RestClient, nowMs: number) {
    this.#client = client;
    this.nowMs = nowMs;
  }

  slicesOf(namespace: string, service: string): EndpointSlice[] {
    const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`;
    return this.list(path, { labelSelector: `kubernetes.io/service-name=${service}` }) as unknown as EndpointSlice[];
  }

  /** The Service, or why there is none. */
  service(namespace: string, name: string): Service | Error {
    try {
      return this.#client.ask("GET", `/api/v1/namespaces/${namespace}/services/${name}`) as unknown as Service;
    } catch (reason) {
      if (reason instanceof ServerError) return reason;
      throw reason;
    }
  }

  /** @throws ServerError */
  object(path: string): PlainObject {
    return this.#client.ask("GET", path);
  }

  /** All objects of a collection, in parts of 500. @throws ServerError */
  list(path: string, query: Readonly<Record<string, string>> = {}): PlainObject[] {
    const items: PlainObject[] = [];
    for (let next: string | undefined; ; ) {
      const asked = { ...query, limit: "500", ...(next === undefined ? {} : { continue: next }) };
      const list = this.#client.ask("GET", path, { query: asked });
      items.push(...((list.items ?? []) as readonly PlainObject[]));
      next = (list.metadata as { readonly continue?: string } | undefined)?.continue || undefined;
      if (next === undefined) return items;
    }
  }

  /** What happened to an object; nothing where the server keeps no events. */
  eventsOf({ kind, metadata }: PlainObject): PlainObject[] {
    const { name, namespace = "", uid = "" } = metadata as { name: string; namespace?: string; uid?: string };
    const terms = [
      ["name", name],
      ["namespace", namespace],
      // Events of a Pod's parts name it by its uid alone.
      ...(kind === "Pod" ? [] : [["kind", String(kind)]]),
      ["uid", uid],
    ].map(([field, value]) => `involvedObject.${field}=${value}`);
    const path = namespace === "" ? "/api/v1/events" : `/api/v1/namespaces/${namespace}/events`;
    try {
      return this.list(path, { fieldSelector: terms.join(",") });
    } catch (reason) {
      if (reason instanceof ServerError) return [];
      throw reason;
    }
  }
}
