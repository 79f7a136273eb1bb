import type { Session } from "../../session.ts";

/** A resource as discovery tells of it. */
export interface ServedResource {
  readonly name: string;
  readonly singularName: string;
  readonly namespaced: boolean;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
}

export interface ServedVersion {
  /** `apps/v1`. */
  readonly groupVersion: string;
  /** The one of its group that clients take. */
  readonly isPreferred: boolean;
  readonly resources: readonly ServedResource[];
}

const accept =
  "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList," +
  "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

interface Discovery {
  readonly items: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions: readonly { readonly version: string; readonly resources?: readonly DiscoveredResource[] }[];
  }[];
}

interface DiscoveredResource {
  readonly resource: string;
  readonly singularResource: string;
  readonly scope: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly responseKind?: { readonly kind?: string };
}

/** Everything that the server has, as it tells all at once (client-go, discovery; KEP-3352). @throws ServerError */
export function discover({ client }: Session): ServedVersion[] {
  return ["/api", "/apis"].flatMap((path) => {
    const { items } = client.ask("GET", path, { accept }) as unknown as Discovery;
    return items.flatMap(({ metadata, versions }) => {
      const group = metadata?.name ?? "";
      return versions.map(({ version, resources = [] }, i) => ({
        groupVersion: group === "" ? version : `${group}/${version}`,
        isPreferred: i === 0,
        resources: resources.map((one) => servedResource(one, group, version)),
      }));
    });
  });
}

function servedResource(one: DiscoveredResource, group: string, version: string): ServedResource {
  const { resource, singularResource, scope, verbs, shortNames = [], categories = [], responseKind } = one;
  const kind = responseKind?.kind ?? "";
  const namespaced = scope === "Namespaced";
  return {
    name: resource,
    singularName: singularResource,
    namespaced,
    group,
    version,
    kind,
    verbs,
    shortNames,
    categories,
  };
}
