import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { waitingPods } from "@kubenetsim/core/controllers/waiting-pods";
import { addressWords, type IpAddress } from "@kubenetsim/core/net/address";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Host } from "@kubenetsim/network/topology/host";
import type { Topology } from "@kubenetsim/network/topology/topology";
import { noSuchNode } from "./no-such-node.ts";
import type { Source } from "./source.ts";

/** A host of the network to send from, and the address if it is not for the host to choose. */
export interface Sender {
  readonly host: Host;
  readonly address: IpAddress | undefined;
}

/** @throws ParseError when there is no such Pod, node or outside host. */
export function resolveSource(state: ClusterState, topology: Topology, source: Source): Sender {
  switch (source.kind) {
    case "pod":
      return podSender(state, topology, `${source.namespace}/${source.name}`);
    case "node":
      return nodeSender(topology, source.name);
    case "external":
      return externalSender(topology, source.address);
    default:
      return source satisfies never;
  }
}

/**
 * The host of a Pod. A name may also be that of a Deployment or ReplicaSet, or end in `*`; it then stands for the first of
 * its Pods by name, since nobody knows the names of generated Pods beforehand.
 */
function podSender(state: ClusterState, topology: Topology, key: string): Sender {
  const host = topology.pods.get(key) ?? topology.pods.get(generatedPod(state, key) ?? "");
  if (host !== undefined) return { host, address: undefined };
  const pod = state.tables.Pod.get(key);
  if (pod !== undefined) {
    const waiting = waitingPods(state).find((one) => one.key === key);
    const reason = waiting?.reason ?? "it has no address, or has ended";
    throw new ParseError(`Pod ${key} is not on the network: ${reason}`);
  }
  const meant = podElsewhere(state, key) ?? nearestWord(key, state.tables.Pod.keys());
  throw new ParseError(`there is no Pod ${key}`, {
    hint: meant === undefined ? "kubenetsim get -f … pods lists them" : `did you mean pod/${meant}?`,
  });
}

/** The only Pod of the name in another namespace. */
function podElsewhere(state: ClusterState, key: string): string | undefined {
  const name = key.split("/")[1];
  const others = state.tables.Pod.keys().filter((other) => other.split("/")[1] === name);
  return others.length === 1 ? others[0] : undefined;
}

/** The first Pod by name of a Deployment or ReplicaSet of that key, or of a key that ends in `*`. */
export function generatedPod(state: ClusterState, key: string): string | undefined {
  const [namespace, name] = key.split("/");
  return state.tables.Pod.list(namespace)
    .filter((pod) => isOf(state, pod.metadata.ownerReferences?.[0], namespace!, name!))
    .map((pod) => `${namespace}/${pod.metadata.name}`)
    .sort()[0];
}

function isOf(
  state: ClusterState,
  owner: { readonly kind: string; readonly name: string } | undefined,
  namespace: string,
  name: string,
): boolean {
  if (owner === undefined) return false;
  if (owner.name === name) return true;
  const replicaSet =
    owner.kind === "ReplicaSet" ? state.tables.ReplicaSet.get(`${namespace}/${owner.name}`) : undefined;
  return replicaSet?.metadata.ownerReferences?.[0]?.name === name;
}

function nodeSender(topology: Topology, name: string): Sender {
  const host = topology.nodes.get(name);
  if (host !== undefined) return { host, address: undefined };
  throw noSuchNode(name, [...topology.nodes.keys()]);
}

/** The outside host that has the address; without an address the first. */
function externalSender(topology: Topology, address: IpAddress | undefined): Sender {
  const host = address === undefined ? [...topology.clients.values()][0] : clientWith(topology, address);
  if (host === undefined) {
    throw new ParseError("there is no host outside of the cluster to send from", {
      hint: "the network needs Nodes with InternalIPs",
    });
  }
  return { host, address };
}

/** The outside host that owns an address. */
export function clientWith(topology: Topology, address: IpAddress): Host | undefined {
  const [a = 0, b = 0, c = 0, d = 0] = addressWords(address);
  return [...topology.clients.values()].find((host) => host.localDevice(address.includes(":"), a, b, c, d) >= 0);
}
