import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { ObjectTable } from "@kubenetsim/core/apiserver/store/object-table";
import type { Node } from "@kubenetsim/core/model/node";
import { familyOf, type IpAddress } from "@kubenetsim/core/net/address";
import { cidrAddress, cidrSize, parseCidr } from "@kubenetsim/core/net/cidr";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import type { Site } from "../experiment/site.ts";

/** Sorts behind the names that people give. */
const namespace = "zz-growth";

/**
 * Somebody's cluster as the place of ClusterIP Services with one endpoint: its first node that has a podCIDR, less its other nodes and all its Pods. The
 * packet's whole way runs through this node, so that nothing but this node's rules is counted, and only they need to be computed. Client and endpoint get
 * the last addresses of its podCIDR, Services the highest of the cluster's Service range that are free.
 *
 * @throws ParseError when the cluster has no node with a podCIDR, and from `serviceAddress` when the range is full.
 */
export function siteIn(state: ClusterState, config: KubeProxyConfig): Site {
  const family = familyOf(state.tables.Service.get("default/kubernetes")?.spec.clusterIP as IpAddress);
  for (const node of state.tables.Node.values()) {
    const addresses = addressesOf(node, family);
    if (addresses === undefined) continue;
    const { nodeAddress, client, backend } = addresses;
    const { name } = node.metadata;
    return {
      state: { ...state, tables: { ...state.tables, Node: ObjectTable.of([node]) } },
      serviceNamespace: namespace,
      podNamespace: namespace,
      port: { protocol: "TCP", port: 80, targetPort: 8080 },
      client: { address: client, node: name },
      nodeAddress,
      clients: undefined,
      configOf: ({ mode }) => ({ ...config, mode }),
      serviceAddress: freeAddresses(state),
      endpoint: () => ({ address: backend, node: name }),
    };
  }
  throw new ParseError("the comparison needs a Node with a podCIDR and an InternalIP", {
    hint: "examples/shop/cluster.yaml shows some",
  });
}

interface NodeAddresses {
  readonly nodeAddress: IpAddress;
  readonly client: IpAddress;
  readonly backend: IpAddress;
}

function addressesOf(node: Node, family: string): NodeAddresses | undefined {
  const texts = node.spec?.podCIDRs ?? [node.spec?.podCIDR ?? ""];
  const range = texts
    .map(parseCidr)
    .find((cidr) => cidr !== undefined && (cidr.words.length === 4) === (family === "IPv6"));
  const internal = node.status?.addresses?.find(({ type }) => type === "InternalIP");
  if (range === undefined || internal === undefined) return undefined;
  const last = Math.min(cidrSize(range), 2 ** 32) - 2;
  return {
    nodeAddress: internal.address as IpAddress,
    client: cidrAddress(range, last - 1),
    backend: cidrAddress(range, last),
  };
}

/** Addresses of Services by their numbers, from the range's end on. */
function freeAddresses({ tables, allocations }: ClusterState): (service: number) => IpAddress {
  const range = parseCidr(tables.ServiceCIDR.values()[0]?.spec.cidrs?.[0] ?? "10.96.0.0/12")!;
  const found: IpAddress[] = [];
  let next = cidrSize(range) - 2;
  return (service) => {
    while (found.length <= service) {
      if (next <= 0) {
        throw new ParseError(`the cluster's Service range has room for ${found.length} more Services only`, {
          hint: "compare fewer with --services, or give the input a ServiceCIDR kubernetes with a larger range",
        });
      }
      const address = cidrAddress(range, next--);
      if (!allocations.addresses.has(address)) found.push(address);
    }
    return found[service]!;
  };
}
