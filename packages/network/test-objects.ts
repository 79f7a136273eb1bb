import type { Node } from "@kubenetsim/core/model/node";
import type { Pod } from "@kubenetsim/core/model/pod";

/** Objects that the tests of this package build networks from: 192.168.10.1N with podCIDR 10.244.N.0/24. */
export function node(index: number): Node {
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: `node${index}` },
    spec: { podCIDR: `10.244.${index}.0/24`, podCIDRs: [`10.244.${index}.0/24`] },
    status: { addresses: [{ type: "InternalIP", address: `192.168.10.1${index}` }] },
  };
}

export function pod(name: string, nodeName: string, ip: string, ports: number[] = [], hostNetwork = false): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default" },
    spec: {
      nodeName,
      hostNetwork,
      containers: [{ name: "app", ports: ports.map((containerPort) => ({ containerPort })) }],
    },
    status: { phase: "Running", podIP: ip, podIPs: [{ ip }] },
  };
}
