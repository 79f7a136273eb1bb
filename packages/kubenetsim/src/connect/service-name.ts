import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import type { Service } from "@kubenetsim/core/model/service";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Source } from "./source.ts";

/** The names of the cluster domain that a Service goes by, longest first. */
const suffixes = [".svc.cluster.local", ".svc"];

/**
 * The Service that a host name means to a Pod: `web` in its own namespace, `web.shop`, `web.shop.svc` and
 * `web.shop.svc.cluster.local` anywhere. This is the outcome of a Pod's search list for Services alone; no DNS is asked.
 *
 * @throws ParseError for other names, and for those who do not ask the cluster's DNS: nodes and hosts outside.
 */
export function serviceByName(state: ClusterState, name: string, from: Source): Service {
  if (from.kind !== "pod") {
    throw new ParseError(`${from.kind === "node" ? "a node" : "a host outside"} does not know the name ${name}`, {
      hint: "only Pods ask the cluster's DNS: give an address, or svc/NAMESPACE/NAME:PORT",
    });
  }
  const key = serviceKey(name, from.namespace);
  const service = key === undefined ? undefined : state.tables.Service.get(key);
  if (service !== undefined) return service;
  const meant = nearestWord(key ?? name, state.tables.Service.keys());
  throw new ParseError(`no Service has the name ${name} for pod/${from.namespace}/${from.name}`, {
    hint: meant === undefined ? "kubenetsim get -f … svc lists the Services" : `did you mean ${nameOf(meant)}?`,
  });
}

/** `web.shop` → `shop/web`; undefined for what cannot be a Service's name. */
function serviceKey(name: string, namespace: string): string | undefined {
  let short = name.endsWith(".") ? name.slice(0, -1) : name;
  const suffix = suffixes.find((candidate) => short.endsWith(candidate));
  if (suffix !== undefined) short = short.slice(0, -suffix.length);
  const labels = short.split(".");
  if (labels.some((label) => label === "")) return undefined;
  if (labels.length === 1 && suffix === undefined) return `${namespace}/${labels[0]}`;
  return labels.length === 2 ? `${labels[1]}/${labels[0]}` : undefined;
}

function nameOf(key: string): string {
  const [namespace, name] = key.split("/");
  return `${name}.${namespace}`;
}
