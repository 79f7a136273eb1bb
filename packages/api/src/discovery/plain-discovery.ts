import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { type ServedVersion, servedVersions, storageVersionHash, subresourcesOf, verbsOf } from "./resources.ts";

/** `/api`: the versions of the core group. @param serverAddress where clients reach it, `127.0.0.1:8001` */
export function coreVersions(serverAddress: string): PlainObject {
  return {
    kind: "APIVersions",
    versions: ["v1"],
    serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress }],
  };
}

/** `/apis`: all groups but the core one. */
export function groupList(): PlainObject {
  const groups = servedVersions.filter(({ group }) => group !== "").map(groupEntry);
  return { kind: "APIGroupList", apiVersion: "v1", groups };
}

/** `/apis/GROUP`, of one that is served. */
export function groupOf(group: string): PlainObject {
  return { kind: "APIGroup", apiVersion: "v1", ...groupEntry(servedVersions.find((one) => one.group === group)!) };
}

function groupEntry({ group, version, groupVersion }: ServedVersion): PlainObject {
  const entry = { groupVersion, version };
  return { name: group, versions: [entry], preferredVersion: entry };
}

/** `/api/v1`, `/apis/GROUP/VERSION`: the resources of a version that is served. */
export function resourceList(groupVersion: string): PlainObject {
  const version = servedVersions.find((one) => one.groupVersion === groupVersion)!;
  // The core group's list is older than its own version field.
  const own: PlainObject = version.group === "" ? {} : { apiVersion: "v1" };
  return { kind: "APIResourceList", ...own, groupVersion, resources: version.served.flatMap(resourceEntries) };
}

function resourceEntries(served: ServedVersion["served"][number]): Plain[] {
  const { kind, info } = served;
  const { namespaced } = info;
  const whole: PlainObject = {
    name: info.plural,
    singularName: info.singular,
    namespaced,
    kind,
    verbs: verbsOf(served),
    ...(info.shortNames.length === 0 ? {} : { shortNames: info.shortNames }),
    ...(info.categories.length === 0 ? {} : { categories: info.categories }),
    storageVersionHash: storageVersionHash(served),
  };
  const below = subresourcesOf(served).map(({ name, group, version, kind: type, verbs }) => ({
    name: `${info.plural}/${name}`,
    singularName: "",
    namespaced,
    ...(group === "" ? {} : { group, version }),
    kind: type,
    verbs,
  }));
  return [whole, ...below];
}
