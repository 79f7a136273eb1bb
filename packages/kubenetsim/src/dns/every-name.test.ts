import { test } from "@fast-check/vitest";
import type { Service } from "@kubenetsim/core/model/service";
import { cluster, toYaml } from "@kubenetsim/testing";
import { describe, expect } from "vitest";
import { Cluster } from "../cluster/cluster.ts";

/** Somebody to ask in each namespace. */
function asker(namespace: string, nodeName: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "asker", namespace },
    spec: { nodeName, containers: [{ name: "c", image: "busybox" }] },
  });
}

/** What a name must stand for: cluster addresses, the ready endpoints of a headless Service, or the addresses of the other name. */
function expected(lab: Cluster, { metadata, spec }: Service): readonly string[] {
  if (spec.type === "ExternalName") return ["203.0.113.99"];
  if (spec.clusterIP !== "None") return spec.clusterIPs ?? [];
  return lab
    .list("EndpointSlice", metadata.namespace)
    .filter(({ metadata: { labels } }) => labels?.["kubernetes.io/service-name"] === metadata.name)
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false)
    .flatMap(({ addresses }) => addresses);
}

const sorted = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

describe("every Service of a cluster", () => {
  test.prop([cluster({ maxNodes: 2, maxWorkloads: 3, maxServices: 4 })], { numRuns: 25 })(
    "has its name in every namespace, by its shortest form, whoever asks and however kube-proxy works",
    (generated) => {
      for (const kubeadm of [false, true]) {
        const upstream = Object.fromEntries(
          generated.services.flatMap(({ spec }) =>
            spec.externalName === undefined ? [] : [[spec.externalName, ["203.0.113.99"]]],
          ),
        );
        const lab = Cluster.create({ kubeadm, dns: { upstream }, ...(kubeadm ? { proxyMode: "ipvs" } : {}) });
        // CoreDNS's Pods go to nodes whose kubelets have said what they run on.
        const nodes = generated.nodes.map((node) => ({
          ...node,
          metadata: { ...node.metadata, labels: { ...node.metadata.labels, "kubernetes.io/os": "linux" } },
        }));
        lab.apply(toYaml({ ...generated, nodes }));
        const namespaces = sorted(lab.list("Service").map(({ metadata }) => metadata.namespace!));
        for (const namespace of namespaces) lab.apply(asker(namespace, generated.nodes[0]!.metadata.name));
        lab.settle();
        for (const service of lab.list("Service")) {
          const { name, namespace } = service.metadata;
          for (const own of namespaces) {
            const shortest = own === namespace ? name : `${name}.${namespace}`;
            for (const libc of ["glibc", "musl"] as const) {
              const found = lab.pod(`${own}/asker`).resolve(shortest, { libc });
              expect([shortest, own, libc, sorted(found.addresses)]).toEqual([
                shortest,
                own,
                libc,
                sorted(expected(lab, service)),
              ]);
            }
          }
        }
      }
    },
  );
});
