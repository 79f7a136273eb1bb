import { type KindInfo, kinds, type Subresource } from "@kubenetsim/core/apiserver/decode/kinds";
import type { Kind } from "@kubenetsim/core/model/api-object";
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { bytesText } from "../protobuf/special-value.ts";

/** A kind that is stored, as discovery tells of it. */
export interface ServedKind {
  readonly kind: Kind;
  readonly info: KindInfo;
}

/** A group and version with its kinds: `apps/v1`. */
export interface ServedVersion {
  readonly group: string;
  readonly version: string;
  readonly groupVersion: string;
  /** By their plurals. */
  readonly served: readonly ServedKind[];
}

/** The order of groups that have a priority (kube-apiserver, pkg/controlplane/apiserver, generic and own priorities). */
const order: readonly string[] = [
  "",
  "apps",
  "events.k8s.io",
  "autoscaling",
  "batch",
  "networking.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "storage.k8s.io",
  "coordination.k8s.io",
  "discovery.k8s.io",
];

/** Everything that is served, group by group in the order of discovery. */
export const servedVersions: readonly ServedVersion[] = findVersions();

function findVersions(): ServedVersion[] {
  const all = (Object.keys(kinds) as Kind[]).map((kind) => ({ kind, info: kinds[kind] }));
  const versions = [...new Set(all.map(({ info }) => info.apiVersion))].map((groupVersion) => {
    const served = all.filter(({ info }) => info.apiVersion === groupVersion);
    const { group, version } = served[0]!.info;
    return { group, version, groupVersion, served: served.sort((a, b) => (a.info.plural < b.info.plural ? -1 : 1)) };
  });
  const rank = ({ group }: ServedVersion): number => (order.includes(group) ? order.indexOf(group) : order.length);
  return versions.sort((a, b) => rank(a) - rank(b));
}

const everyVerb = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/** What may be done with a kind. Namespaces are not deleted all at once. */
export function verbsOf({ kind }: ServedKind): string[] {
  return kind === "Namespace" ? everyVerb.filter((verb) => verb !== "deletecollection") : [...everyVerb];
}

export interface SubresourceInfo {
  readonly name: Subresource;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly verbs: string[];
}

/** What lies below the objects of a kind, by name. */
export function subresourcesOf({ kind, info }: ServedKind): SubresourceInfo[] {
  return [...info.subresources].sort().map((name) => ({ name, ...describedBelow(name, kind) }));
}

function describedBelow(name: Subresource, kind: Kind): Omit<SubresourceInfo, "name"> {
  const own = { group: "", version: "", kind, verbs: ["get", "patch", "update"] };
  if (name === "scale") return { ...own, group: "autoscaling", version: "v1", kind: "Scale" };
  if (name === "eviction") return { group: "policy", version: "v1", kind: "Eviction", verbs: ["create"] };
  return name === "finalize" ? { ...own, verbs: ["update"] } : own;
}

/** Tells clients when a kind is stored in another version (apiserver pkg/endpoints/discovery/storageversionhash.go). */
export function storageVersionHash({ kind, info }: ServedKind): string {
  return bytesText(sha256(utf8ToBytes(`${info.group}/${info.version}/${kind}`)).subarray(0, 8));
}
