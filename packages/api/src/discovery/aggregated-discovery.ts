import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { type ServedKind, type ServedVersion, servedVersions, subresourcesOf, verbsOf } from "./resources.ts";

/**
 * All resources of `/api` or of `/apis` in one answer (KEP-3352, apidiscovery.k8s.io/v2), as kubectl asks for them.
 */
export function aggregatedDiscovery(root: "api" | "apis"): PlainObject {
  const versions = servedVersions.filter(({ group }) => (group === "") === (root === "api"));
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: "apidiscovery.k8s.io/v2",
    metadata: {},
    items: versions.map(groupItem),
  };
}

function groupItem({ group, version, served }: ServedVersion): PlainObject {
  return {
    metadata: group === "" ? {} : { name: group },
    versions: [{ version, resources: served.map(resourceItem), freshness: "Current" }],
  };
}

function resourceItem(served: ServedKind): PlainObject {
  const { kind, info } = served;
  const below = subresourcesOf(served).map(({ name, group, version, kind: type, verbs }) => ({
    subresource: name,
    responseKind: { group, version, kind: type },
    verbs,
  }));
  return {
    resource: info.plural,
    responseKind: { group: "", version: "", kind },
    scope: info.namespaced ? "Namespaced" : "Cluster",
    singularResource: info.singular,
    verbs: verbsOf(served),
    ...(info.shortNames.length === 0 ? {} : { shortNames: info.shortNames }),
    ...(info.categories.length === 0 ? {} : { categories: info.categories }),
    ...(below.length === 0 ? {} : { subresources: below }),
  };
}
