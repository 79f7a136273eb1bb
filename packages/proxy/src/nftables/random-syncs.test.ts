import { fc, test } from "@fast-check/vitest";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Service } from "@kubenetsim/core/model/service";
import { NftStore } from "@kubenetsim/netfilter/nft/nft-store";
import type { NftTable } from "@kubenetsim/netfilter/ruleset/nft-table";
import { describe, expect } from "vitest";
import { testNode } from "../../test-node.ts";
import { defaultKubeProxyConfig, type KubeProxyConfig } from "../config/kube-proxy-config.ts";
import { type ProxySnapshot, type SnapshotChange, takeSnapshot, updateSnapshot } from "../snapshot/snapshot.ts";
import { elementKeyText, elementValueText } from "./element-key.ts";
import type { NftablesProgram } from "./nftables-program.ts";
import { isServiceChainName } from "./object-names.ts";
import { compileNftables, syncNftables } from "./sync-nftables.ts";

/** Number i of a few Services; what they share, such as external addresses, several may ask for. */
const serviceArbitrary = fc
  .record({
    i: fc.nat({ max: 4 }),
    type: fc.constantFrom("ClusterIP" as const, "NodePort" as const, "LoadBalancer" as const),
    externalTrafficPolicy: fc.constantFrom("Cluster" as const, "Local" as const),
    internalTrafficPolicy: fc.constantFrom("Cluster" as const, "Local" as const),
    sessionAffinity: fc.constantFrom("None" as const, "ClientIP" as const),
    seconds: fc.constantFrom(10, 600),
    externalIPs: fc.subarray(["198.51.100.1", "198.51.100.2"]),
    vips: fc.subarray(["203.0.113.1", "203.0.113.2", "10.96.0.1"]),
    ranges: fc.subarray(["203.0.113.0/24", "192.168.0.0/24", "0.0.0.0/0"]),
    protocols: fc.uniqueArray(fc.constantFrom("TCP" as const, "UDP" as const, "SCTP" as const), { minLength: 1 }),
  })
  .map(({ i, type, seconds, vips, ranges, protocols, ...shape }): Service => {
    const nodePort = (p: number) => (type === "ClusterIP" ? {} : { nodePort: 30000 + 3 * i + p });
    return {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: `svc-${i}`, namespace: "default" },
      spec: {
        ...shape,
        type,
        clusterIP: `10.96.0.${i + 1}`,
        ports: protocols.map((protocol, p) => ({ name: `p-${p}`, protocol, port: 80, ...nodePort(p) })),
        sessionAffinityConfig: { clientIP: { timeoutSeconds: seconds } },
        loadBalancerSourceRanges: ranges,
      },
      status: { loadBalancer: { ingress: vips.map((ip) => ({ ip })) } },
    };
  });

const sliceArbitrary = fc
  .record({
    i: fc.nat({ max: 4 }),
    endpoints: fc.uniqueArray(
      fc.record({
        addresses: fc.tuple(fc.integer({ min: 1, max: 9 }).map((last) => `10.244.1.${last}`)),
        nodeName: fc.constantFrom("node1", "node2"),
        conditions: fc.record({ ready: fc.boolean(), serving: fc.boolean(), terminating: fc.boolean() }),
      }),
      { maxLength: 5, selector: ({ addresses }) => addresses[0] },
    ),
  })
  .map(({ i, endpoints }): EndpointSlice => {
    const protocols = ["TCP", "UDP", "SCTP"] as const;
    return {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: `svc-${i}`, namespace: "default", labels: { "kubernetes.io/service-name": `svc-${i}` } },
      addressType: "IPv4",
      ports: [0, 1, 2].flatMap((p) => protocols.map((protocol) => ({ name: `p-${p}`, protocol, port: 8080 }))),
      endpoints,
    };
  });

const configArbitrary: fc.Arbitrary<KubeProxyConfig> = fc
  .record({
    detectLocalMode: fc.constantFrom("ClusterCIDR" as const, "NodeCIDR" as const, "InterfaceNamePrefix" as const),
    clusterCIDRs: fc.constantFrom([], ["10.244.0.0/16"]),
    masqueradeAll: fc.boolean(),
    nodePortAddresses: fc.constantFrom([], ["192.168.0.0/16"], ["localhost", "primary"], ["all"]),
    gate: fc.boolean(),
  })
  .map(({ masqueradeAll, gate, ...parts }) => ({
    ...defaultKubeProxyConfig,
    ...parts,
    mode: "nftables",
    interfaceNamePrefix: "veth",
    nftables: { masqueradeBit: 14, masqueradeAll },
    featureGates: { KubeProxyNFTablesLocalhostNodePorts: gate },
  }));

/** What happens: an object takes the place of the one of its name, or goes; or time passes; or everything is written anew. */
const stepArbitrary = fc.record({
  objects: fc.array(fc.oneof(serviceArbitrary, sliceArbitrary), { maxLength: 3 }),
  gone: fc.array(
    fc.constantFrom("Service", "EndpointSlice").chain((kind) => fc.nat({ max: 4 }).map((i) => `${kind} svc-${i}`)),
    {
      maxLength: 2,
    },
  ),
  wait: fc.constantFrom(500, 1001),
  sync: fc.constantFrom("partial", "partial", "partial", "full", "restart"),
});

const historyArbitrary = fc.record({
  objects: fc.array(fc.oneof(serviceArbitrary, sliceArbitrary), { maxLength: 10 }),
  config: configArbitrary,
  steps: fc.array(stepArbitrary, { maxLength: 6 }),
});

type History = typeof historyArbitrary extends fc.Arbitrary<infer T> ? T : never;
type Watched = Service | EndpointSlice;

/** The programs of one node's kube-proxy, sync by sync. */
function* play({ objects, config, steps }: History): Generator<NftablesProgram> {
  const there = new Map<string, Watched>();
  const put = (after: Watched): SnapshotChange => {
    const key = `${after.kind} ${after.metadata.name}`;
    const before = there.get(key);
    there.set(key, after);
    return { kind: after.kind, before, after };
  };
  let snapshot = updateSnapshot(
    takeSnapshot({ family: "IPv4", node: testNode, config, services: [], endpointSlices: [] }),
    objects.map(put),
  );
  let now = 0;
  let program = syncNftables(undefined, snapshot, { now });
  yield program;
  for (const step of steps) {
    const changes = step.objects.map(put);
    for (const key of step.gone) {
      const before = there.get(key);
      there.delete(key);
      if (before !== undefined) changes.push({ kind: before.kind, before, after: undefined });
    }
    snapshot = updateSnapshot(snapshot, changes);
    now += step.wait;
    if (step.sync === "restart")
      program = syncNftables(undefined, cold(snapshot, there), { now, kernel: () => program.table });
    else program = syncNftables(program, snapshot, { now, full: step.sync === "full" });
    snapshot = program.snapshot;
    yield program;
  }
}

function cold({ basis }: ProxySnapshot, there: ReadonlyMap<string, Watched>): ProxySnapshot {
  const services = [...there.values()].filter((one) => one.kind === "Service");
  const endpointSlices = [...there.values()].filter((one) => one.kind === "EndpointSlice");
  return takeSnapshot({ ...basis, services, endpointSlices });
}

/** All of a table in a comparable form. What may be stale: elements' comments, and with `fresh` empty chains of Services. */
function content(table: NftTable, fresh = false) {
  const sorted = (texts: string[]) => texts.sort();
  const chains = [...table.chains.values()].filter(
    ({ name, rules }) => !fresh || !isServiceChainName(name) || rules.length > 0,
  );
  return {
    comment: table.comment,
    counters: sorted([...table.counters.keys()]),
    sets: sorted(
      [...table.sets.values()].map(({ name, type, data, flags, timeoutSeconds, comment, elements }) => {
        const texts = elements.map((element) => `${elementKeyText(element.key)} : ${elementValueText(element)}`);
        return JSON.stringify({ name, type, data, flags, timeoutSeconds, comment, elements: sorted(texts) });
      }),
    ),
    chains: sorted(
      chains.map(({ name, base, comment, rules }) =>
        JSON.stringify({ name, base, comment, rules: rules.map(ruleText) }),
      ),
    ),
  };
}

function ruleText({ statements, comment }: { statements: unknown; comment: string | undefined }): string {
  return JSON.stringify([statements, comment]);
}

describe("nftables syncs of random histories", () => {
  test.prop([historyArbitrary])("leave in the kernel what the program says", (history) => {
    const store = new NftStore();
    for (const { transactions, table } of play(history)) {
      for (const transaction of transactions) store.apply(transaction);
      expect(content(store.table("ip", "kube-proxy")!)).toEqual(content(table));
    }
  });

  test.prop([historyArbitrary])("leave what a first sync would, but for empty chains", (history) => {
    for (const { table, snapshot } of play(history)) {
      expect(content(table, true)).toEqual(content(compileNftables(snapshot), true));
    }
  });

  test.prop([historyArbitrary])("name the Service of every rule and element in a Service's chain", (history) => {
    for (const { table } of play(history)) {
      for (const { name, rules } of table.chains.values()) {
        for (const { origin } of rules) {
          if (isServiceChainName(name))
            expect(origin!.object).toBe(
              `Service ${name
                .split("/")
                .slice(0, 2)
                .join("/")
                .replace(/^.*-(?=default)/, "")}`,
            );
          else expect(origin!.object).toBe("kube-proxy");
        }
      }
    }
  });
});
