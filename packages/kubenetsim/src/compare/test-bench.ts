import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { ObjectTable } from "@kubenetsim/core/apiserver/store/object-table";
import type { Node } from "@kubenetsim/core/model/node";
import type { Pod } from "@kubenetsim/core/model/pod";
import { familyOf, type IpAddress } from "@kubenetsim/core/net/address";
import { cidrAddress, cidrSize, parseCidr } from "@kubenetsim/core/net/cidr";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { runningPod } from "../experiment/made-objects.ts";

/** One node of a cluster with a client and a backend of our own on it: enough to count what a packet costs there. */
export interface TestBench {
  /** The cluster's objects, less its other nodes and all its Pods. */
  readonly state: ClusterState;
  readonly node: string;
  /** Key of the client's Pod. */
  readonly client: string;
  readonly backend: IpAddress;
}

/**
 * The first node, with two Pods on the last addresses of its podCIDR. The packet's whole way runs through this node, so
 * that nothing but this node's rules is counted, and only they need to be computed.
 *
 * @throws ParseError when the cluster has no node with a podCIDR.
 */
export function testBench(state: ClusterState): TestBench {
  const family = familyOf(state.tables.Service.get("default/kubernetes")?.spec.clusterIP as IpAddress);
  for (const node of state.tables.Node.values()) {
    const addresses = lastAddresses(node, family);
    if (addresses === undefined) continue;
    const { client, backend } = addresses;
    const name = node.metadata.name;
    const pods = [pod("client", name, client), pod("backend", name, backend)];
    const tables = { ...state.tables, Node: ObjectTable.of([node]), Pod: ObjectTable.of(pods) };
    return { state: { ...state, tables }, node: name, client: "zz-growth/client", backend };
  }
  throw new ParseError("the comparison needs a Node with a podCIDR and an InternalIP", {
    hint: "examples/shop/cluster.yaml shows some",
  });
}

function lastAddresses(node: Node, family: string): { client: IpAddress; backend: IpAddress } | undefined {
  const texts = node.spec?.podCIDRs ?? [node.spec?.podCIDR ?? ""];
  const range = texts
    .map(parseCidr)
    .find((cidr) => cidr !== undefined && (cidr.words.length === 4) === (family === "IPv6"));
  if (range === undefined || !(node.status?.addresses ?? []).some((address) => address.type === "InternalIP"))
    return undefined;
  const last = Math.min(cidrSize(range), 2 ** 32) - 2;
  return { client: cidrAddress(range, last - 1), backend: cidrAddress(range, last) };
}

function pod(name: string, node: string, address: IpAddress): Pod {
  return runningPod({ namespace: "zz-growth", name, protocol: "TCP", targetPort: 8080 }, { address, node });
}
