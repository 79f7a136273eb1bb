import type { Change } from "@kubenetsim/core/apiserver/cluster-state";
import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Ingress, IngressClass } from "@kubenetsim/core/model/ingress";
import type { Secret } from "@kubenetsim/core/model/secret";
import type { Service } from "@kubenetsim/core/model/service";

const serviceNameLabel = "kubernetes.io/service-name";

/** What Traefik's informers hold. Keys are namespace/name. */
export class ObjectStore {
  readonly ingresses: Map<string, Ingress> = new Map();
  readonly classes: Map<string, IngressClass> = new Map();
  readonly services: Map<string, Service> = new Map();
  readonly secrets: Map<string, Secret> = new Map();
  readonly #slices = new Map<string, Map<string, EndpointSlice>>();
  readonly #namespaces: readonly string[];

  /** @param namespaces the ones that are watched; none for all */
  constructor(namespaces: readonly string[]) {
    this.#namespaces = namespaces;
  }

  /** Hears of a write. True where it is of a kind and namespace that is watched. */
  apply({ kind, key, before, after }: Change): boolean {
    const namespace = (after ?? before)?.metadata.namespace;
    if (namespace !== undefined && this.#namespaces.length > 0 && !this.#namespaces.includes(namespace)) return false;
    if (kind === "EndpointSlice") {
      this.#slice(key, before as EndpointSlice | undefined, after as EndpointSlice | undefined);
      return true;
    }
    const table = this.#tableOf(kind);
    if (table === undefined) return false;
    if (after === undefined) table.delete(key);
    else table.set(key, after);
    return true;
  }

  /** In the order in which they came. */
  slicesOf(service: string): Iterable<EndpointSlice> {
    return this.#slices.get(service)?.values() ?? [];
  }

  #tableOf(kind: string): Map<string, ApiObject> | undefined {
    const tables: Readonly<Record<string, unknown>> = {
      Ingress: this.ingresses,
      IngressClass: this.classes,
      Service: this.services,
      Secret: this.secrets,
    };
    return tables[kind] as Map<string, ApiObject> | undefined;
  }

  #slice(key: string, before: EndpointSlice | undefined, after: EndpointSlice | undefined): void {
    const serviceOf = ({ metadata }: EndpointSlice): string =>
      `${metadata.namespace ?? ""}/${metadata.labels?.[serviceNameLabel] ?? ""}`;
    if (before !== undefined) this.#slices.get(serviceOf(before))?.delete(key);
    if (after === undefined) return;
    const slices = this.#slices.get(serviceOf(after)) ?? new Map<string, EndpointSlice>();
    this.#slices.set(serviceOf(after), slices.set(key, after));
  }
}
