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

  list(path: string, query: Readonly<Record<string, string>> = {}): PlainObject[] {
    return this.#client.ask("GET", path, { query }).items as PlainObject[];
  }
}
