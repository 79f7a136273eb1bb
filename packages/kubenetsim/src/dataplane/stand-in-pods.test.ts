import { outcomeLine } from "@kubenetsim/network/format/outcome";
import { expect, it } from "vitest";
import { Cluster } from "../cluster/cluster.ts";

const dump = (endpoint: string): string => `apiVersion: v1
kind: Node
metadata: {name: n1}
spec: {podCIDR: 10.244.1.0/24}
status: {addresses: [{type: InternalIP, address: 192.168.10.11}]}
---
apiVersion: v1
kind: Node
metadata: {name: n2}
spec: {podCIDR: 10.244.2.0/24}
status: {addresses: [{type: InternalIP, address: 192.168.10.12}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {clusterIP: 10.96.0.80, ports: [{port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{name: "", port: 8080, protocol: TCP}]
endpoints:
- ${endpoint}
`;

function outcome(endpoint: string): string {
  const cluster = Cluster.create({ nodes: [] });
  cluster.apply(dump(endpoint), { source: "dump.yaml" });
  cluster.settle();
  return outcomeLine(cluster.node("n1").curl("http://10.96.0.80"));
}

it.each([
  [
    "by the node's name",
    "{addresses: [10.244.2.7], nodeName: n2, targetRef: {kind: Pod, name: web-c, namespace: default}}",
  ],
  ["by the pod range", "{addresses: [10.244.2.7], targetRef: {kind: Pod, name: web-c, namespace: default}}"],
])("an endpoint of a slice answers without its Pod: %s", (_, endpoint) => {
  expect(outcome(endpoint)).toMatch(/^ok default\/web-c:8080 /);
});

it("an endpoint without a target is called by its address", () => {
  expect(outcome("{addresses: [10.244.2.7]}")).toMatch(/^ok default\/endpoint-10\.244\.2\.7:8080 /);
});

it("an endpoint on no node stays nobody's", () => {
  expect(outcome("{addresses: [198.51.100.9]}")).toBe("timeout");
});

it("a node's own address gets no Pod", () => {
  expect(outcome("{addresses: [192.168.10.12], nodeName: n2}")).toBe("refused");
});

it("an endpoint gets one when its Pod goes, and none any more when the Pod comes again", () => {
  const cluster = Cluster.create({ nodes: [] });
  const endpoint = "{addresses: [10.244.2.7], nodeName: n2, targetRef: {kind: Pod, name: web-c, namespace: default}}";
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web-c" },
    spec: { nodeName: "n2", containers: [{ name: "web", image: "web", ports: [{ containerPort: 9090 }] }] },
    status: { phase: "Running", podIP: "10.244.2.7", podIPs: [{ ip: "10.244.2.7" }] },
  };
  const answer = (): string => {
    cluster.settle();
    return outcomeLine(cluster.node("n1").curl("http://10.96.0.80"));
  };
  cluster.apply(dump(endpoint), { source: "dump.yaml" });
  cluster.apply(JSON.stringify(pod));
  expect(answer(), "the Pod does not listen on the slice's port").toBe("refused");
  cluster.delete("Pod", "default/web-c");
  expect(answer()).toMatch(/^ok default\/web-c:8080 /);
  cluster.apply(JSON.stringify(pod));
  expect(answer()).toBe("refused");
});
