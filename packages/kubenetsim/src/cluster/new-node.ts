import type { Node } from "@kubenetsim/core/model/node";
import { parseAddress } from "@kubenetsim/core/net/address";
import { parseCidr } from "@kubenetsim/core/net/cidr";
import { epoch } from "@kubenetsim/core/runtime/clock";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { NewNode } from "./cluster-options.ts";

/** More do not fit into the numbering; they can be given as YAML with addresses of their own. */
const mostNodes = 200;

/** The Node objects for `Cluster.create({ nodes })`, ready, with kubelet's usual labels. */
export function newNodes(nodes: readonly (string | NewNode)[]): Node[] {
  if (nodes.length > mostNodes) {
    throw new ParseError(`${nodes.length} nodes by name; at most ${mostNodes} are numbered through`, {
      hint: "apply Node objects with their own addresses and podCIDRs",
    });
  }
  const whole = nodes.map((node) => (typeof node === "string" ? { name: node } : node));
  checkNodes(whole);
  return whole.map((node, i) => nodeObject(node, i + 1));
}

function checkNodes(nodes: readonly NewNode[]): void {
  const names = new Set<string>();
  for (const { name, address, podCIDR } of nodes) {
    if (names.has(name)) throw new ParseError(`nodes: the name ${name} stands twice`);
    names.add(name);
    if (address !== undefined && parseAddress(address) === undefined) {
      throw new ParseError(`nodes: the address of ${name}, "${address}", is not an IP address`);
    }
    if (podCIDR !== undefined && parseCidr(podCIDR) === undefined) {
      throw new ParseError(`nodes: the podCIDR of ${name}, "${podCIDR}", is not a CIDR`, {
        hint: "for example 10.244.1.0/24",
      });
    }
  }
}

function nodeObject({ name, address, podCIDR, zone }: NewNode, number: number): Node {
  const range = podCIDR ?? `10.244.${number}.0/24`;
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name,
      labels: {
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        ...(zone === undefined ? {} : { "topology.kubernetes.io/zone": zone }),
      },
    },
    spec: { podCIDR: range, podCIDRs: [range] },
    status: {
      addresses: [
        { type: "InternalIP", address: address ?? `192.168.10.${number + 10}` },
        { type: "Hostname", address: name },
      ],
      conditions: [
        {
          type: "Ready",
          status: "True",
          lastHeartbeatTime: epoch,
          lastTransitionTime: epoch,
          reason: "KubeletReady",
          message: "kubelet is posting ready status",
        },
      ],
      nodeInfo: { kubeletVersion: "v1.37.2" },
    },
  };
}
