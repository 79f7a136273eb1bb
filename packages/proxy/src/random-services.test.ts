import { fc, test } from "@fast-check/vitest";
import type { EndpointSlice, SliceEndpoint } from "@kubenetsim/core/model/endpoint-slice";
import type { Service } from "@kubenetsim/core/model/service";
import type { IpFamily } from "@kubenetsim/core/net/address";
import type { IpSetChange } from "@kubenetsim/netfilter/ruleset/ip-set";
import type { Chain, Ruleset, Table } from "@kubenetsim/netfilter/ruleset/ruleset";
import type { VirtualServer } from "@kubenetsim/netfilter/ruleset/virtual-server";
import { canonicalIptablesSave } from "@kubenetsim/netfilter/text/iptables-canonical";
import { parseIptablesSave } from "@kubenetsim/netfilter/text/iptables-parse";
import { printIptablesSave } from "@kubenetsim/netfilter/text/iptables-print";
import { describe, expect } from "vitest";
import { testNode } from "../test-node.ts";
import { defaultKubeProxyConfig, type KubeProxyConfig } from "./config/kube-proxy-config.ts";
import type { IptablesProgram } from "./iptables/iptables-program.ts";
import { compileIptables, syncIptables } from "./iptables/sync-iptables.ts";
import { compileIpvs, type IpvsProgram, syncIpvs } from "./ipvs/sync-ipvs.ts";
import { type ProxySnapshot, type SnapshotChange, takeSnapshot, updateSnapshot } from "./snapshot/snapshot.ts";

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const policy = fc.constantFrom("Cluster" as const, "Local" as const);

const endpointArbitrary: fc.Arbitrary<SliceEndpoint> = fc.record({
  addresses: fc.tuple(fc.integer({ min: 1, max: 9 }).map((i) => `10.244.1.${i}`)),
  nodeName: fc.constantFrom("node1", "node2"),
  conditions: fc.record({ ready: fc.boolean(), serving: fc.boolean(), terminating: fc.boolean() }),
  hints: fc.record({ forZones: fc.constantFrom([], [{ name: "zone-a" }], [{ name: "zone-b" }]) }),
});

/** The Service and slice number i of a cluster; every number has addresses and node ports of its own. */
interface Pair {
  readonly service: Service;
  readonly slice: EndpointSlice;
}

const shapeArbitrary = fc.record({
  type: fc.constantFrom("ClusterIP" as const, "NodePort" as const, "LoadBalancer" as const),
  externalTrafficPolicy: policy,
  internalTrafficPolicy: policy,
  sessionAffinity: fc.constantFrom("None" as const, "ClientIP" as const),
  external: fc.boolean(),
  range: maybe(fc.constantFrom("203.0.113.0/24", "192.168.0.0/24", "0.0.0.0/0")),
  protocols: fc.uniqueArray(fc.constantFrom("TCP" as const, "UDP" as const, "SCTP" as const), { minLength: 1 }),
  endpoints: fc.array(endpointArbitrary, { maxLength: 5 }),
});

type Shape = typeof shapeArbitrary extends fc.Arbitrary<infer T> ? T : never;

function pair(i: number, shape: Shape): Pair {
  const name = `svc-${i}`;
  const { type } = shape;
  const ports = shape.protocols.map((protocol, p) => ({
    name: `p-${p}`,
    protocol,
    port: 80 + p,
    ...(type === "ClusterIP" ? {} : { nodePort: 30000 + 3 * i + p }),
  }));
  return {
    service: {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace: "default" },
      spec: {
        type,
        ports,
        clusterIP: `10.96.0.${i + 1}`,
        externalTrafficPolicy: shape.externalTrafficPolicy,
        internalTrafficPolicy: shape.internalTrafficPolicy,
        sessionAffinity: shape.sessionAffinity,
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 600 } },
        healthCheckNodePort: 32000 + i,
        externalIPs: shape.external ? [`198.51.100.${i + 1}`] : [],
        loadBalancerSourceRanges: shape.range === undefined ? [] : [shape.range],
      },
      status: { loadBalancer: { ingress: type === "LoadBalancer" ? [{ ip: `203.0.113.${i + 1}` }] : [] } },
    },
    slice: {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: `${name}-x`, namespace: "default", labels: { "kubernetes.io/service-name": name } },
      addressType: "IPv4",
      ports: ports.map(({ name: portName, protocol, port }) => ({ name: portName, protocol, port: port + 8000 })),
      endpoints: shape.endpoints,
    },
  };
}

const pairsArbitrary = fc.array(shapeArbitrary, { maxLength: 5 }).map((shapes) => shapes.map((one, i) => pair(i, one)));

const configArbitrary: fc.Arbitrary<KubeProxyConfig> = fc
  .record({
    clusterCIDRs: fc.constantFrom([], ["10.244.0.0/16"]),
    masqueradeAll: fc.boolean(),
    localhostNodePorts: fc.boolean(),
    nodePortAddresses: fc.constantFrom([], ["192.168.0.0/16"], ["localhost", "primary"]),
  })
  .map(({ clusterCIDRs, masqueradeAll, localhostNodePorts, nodePortAddresses }) => ({
    ...defaultKubeProxyConfig,
    clusterCIDRs,
    nodePortAddresses,
    iptables: { ...defaultKubeProxyConfig.iptables, masqueradeAll, localhostNodePorts },
  }));

function snapshotOf(pairs: readonly Pair[], config: KubeProxyConfig, family: IpFamily = "IPv4"): ProxySnapshot {
  const services = pairs.map((one) => one.service);
  return takeSnapshot({ family, node: testNode, config, services, endpointSlices: pairs.map((one) => one.slice) });
}

/** A cluster, and what happens to it: the Service of that number, or its slice alone, is replaced or goes. */
const historyArbitrary = fc.record({
  pairs: pairsArbitrary,
  config: configArbitrary,
  steps: fc.array(
    fc.record({
      i: fc.nat({ max: 5 }),
      shape: maybe(shapeArbitrary),
      what: fc.constantFrom("both", "slice", "service"),
    }),
    { maxLength: 6 },
  ),
});

type History = typeof historyArbitrary extends fc.Arbitrary<infer T> ? T : never;

/** Each step's changes with the objects that are there after it. */
function* play({
  pairs,
  steps,
}: History): Generator<{ changes: SnapshotChange[]; now: readonly (Service | EndpointSlice)[] }> {
  const objects = new Map<string, Service | EndpointSlice>();
  for (const { service, slice } of pairs) {
    objects.set(`Service ${service.metadata.name}`, service);
    objects.set(`EndpointSlice ${service.metadata.name}`, slice);
  }
  for (const { i, shape, what } of steps) {
    const next = shape === undefined ? undefined : pair(i, shape);
    const changes: SnapshotChange[] = [];
    const replace = (kind: string, after: Service | EndpointSlice | undefined): void => {
      const key = `${kind} svc-${i}`;
      const before = objects.get(key);
      if (after === undefined) objects.delete(key);
      else objects.set(key, after);
      if (before !== undefined || after !== undefined) changes.push({ kind, before, after });
    };
    if (what !== "slice") replace("Service", next?.service);
    if (what !== "service") replace("EndpointSlice", next?.slice);
    yield { changes, now: [...objects.values()] };
  }
}

function coldSnapshot(objects: readonly (Service | EndpointSlice)[], config: KubeProxyConfig): ProxySnapshot {
  const services = objects.filter((one) => one.kind === "Service");
  const endpointSlices = objects.filter((one) => one.kind === "EndpointSlice");
  return takeSnapshot({ family: "IPv4", node: testNode, config, services, endpointSlices });
}

/** What iptables-restore --noflush makes of a ruleset. */
function restored(ruleset: Ruleset, { input }: IptablesProgram): Ruleset {
  const tables = new Map(ruleset.tables);
  for (const { name, chains, deleted } of input.tables) {
    const next = new Map(tables.get(name)!.chains);
    for (const chain of chains) next.set(chain.name, chain);
    for (const chain of deleted) next.delete(chain);
    const table: Table = { name, chains: next };
    tables.set(name, table);
  }
  return { ...ruleset, tables };
}

// upstream: iptables.TestCheckIPTablesRuleJumps
describe("rules of random Services, iptables mode", () => {
  test.prop([pairsArbitrary, configArbitrary])("do not depend on the order of objects", (pairs, config) => {
    const there = canonicalIptablesSave(compileIptables(snapshotOf(pairs, config)).ruleset);
    const back = canonicalIptablesSave(compileIptables(snapshotOf([...pairs].reverse(), config)).ruleset);
    expect(back).toBe(there);
  });

  test.prop([pairsArbitrary, configArbitrary])(
    "jump only to chains that are there, and leave none unused",
    (pairs, config) => {
      for (const table of compileIptables(snapshotOf(pairs, config)).ruleset.tables.values()) {
        const targets = jumpTargets([...table.chains.values()]);
        for (const target of targets) expect([...table.chains.keys()]).toContain(target);
        for (const chain of table.chains.values()) {
          if (!/^KUBE-(SVC|SVL|SEP|EXT|FW)-/.test(chain.name)) continue;
          expect(chain.rules).not.toEqual([]);
          expect(targets).toContain(chain.name);
        }
      }
    },
  );

  test.prop([pairsArbitrary, configArbitrary])("read back from their text as they were", (pairs, config) => {
    const text = printIptablesSave(compileIptables(snapshotOf(pairs, config)).ruleset);
    expect(printIptablesSave(parseIptablesSave(text, { family: "IPv4" }))).toBe(text);
  });

  test.prop([historyArbitrary])("are the same written step by step as at once", (history) => {
    let snapshot = snapshotOf(history.pairs, history.config);
    let program = compileIptables(snapshot);
    let kernel = program.ruleset;
    for (const { changes, now } of play(history)) {
      snapshot = updateSnapshot(snapshot, changes);
      program = syncIptables(program, snapshot);
      kernel = restored(kernel, program);
      const cold = canonicalIptablesSave(compileIptables(coldSnapshot(now, history.config)).ruleset);
      expect(canonicalIptablesSave(program.ruleset)).toBe(cold);
      expect(canonicalIptablesSave(kernel)).toBe(cold);
    }
  });

  test.prop([historyArbitrary])("write only the chains of Services that changed", (history) => {
    let snapshot = snapshotOf(history.pairs, history.config);
    let program = compileIptables(snapshot);
    for (const { changes } of play(history)) {
      const touched = new Set(changes.map(serviceKeyOf));
      const next = updateSnapshot(snapshot, changes);
      for (const service of next.services) {
        if (!touched.has(service.key)) expect(snapshot.services).toContain(service);
      }
      snapshot = next;
      program = syncIptables(program, snapshot);
      const written = program.input.tables.find((table) => table.name === "nat")!.chains;
      for (const chain of written.filter((one) => /^KUBE-(SVC|SVL|SEP|EXT|FW)-/.test(one.name))) {
        for (const { origin } of chain.rules) expect(touched).toContain(origin!.object.replace("Service ", ""));
      }
    }
  });
});

describe("IPVS of random Services", () => {
  const ipvs = (config: KubeProxyConfig): KubeProxyConfig => ({ ...config, mode: "ipvs" });
  const written = ({ changedServers, virtualServers }: IpvsProgram) =>
    changedServers === "all" ? virtualServers : changedServers;
  const textsOf = ({ ipSets }: IpvsProgram) => ipSets.map(({ entries }) => entries.map(({ text }) => text).sort());
  const changedTexts = (ipSets: IpvsProgram["ipSets"], { before, added, removed }: IpSetChange) =>
    ipSets.map((set) => {
      const texts = set.entries.map(({ text }) => text);
      return (set === before ? [...texts.filter((text) => !removed.includes(text)), ...added] : texts).sort();
    });
  const serversByKey = (servers: readonly VirtualServer[]) =>
    new Map(servers.map((one) => [`${one.protocol} ${one.address} ${one.port}`, one]));
  const visible = (program: IpvsProgram) => {
    const { virtualServers, ipSets, dummyAddresses, ruleset } = program;
    return { virtualServers, ipSets, dummyAddresses, ruleset: printIptablesSave(ruleset) };
  };

  test.prop([historyArbitrary])("is the same written step by step as at once", (history) => {
    const config = ipvs(history.config);
    let snapshot = snapshotOf(history.pairs, config);
    let program = compileIpvs(snapshot);
    for (const { changes, now } of play(history)) {
      snapshot = updateSnapshot(snapshot, changes);
      const { virtualServers, ipSets } = program;
      program = syncIpvs(program, snapshot);
      if (program.changedSet !== undefined) expect(changedTexts(ipSets, program.changedSet)).toEqual(textsOf(program));
      const kept = program.changedServers === "all" ? [] : virtualServers;
      expect(serversByKey([...kept, ...written(program)])).toEqual(serversByKey(program.virtualServers));
      expect(visible(program)).toEqual(visible(compileIpvs(coldSnapshot(now, config))));
    }
  });

  test.prop([pairsArbitrary, configArbitrary])("asks only sets that are there", (pairs, config) => {
    const { ruleset, ipSets } = compileIpvs(snapshotOf(pairs, ipvs(config)));
    const names = ipSets.map((set) => set.name);
    for (const table of ruleset.tables.values()) {
      for (const match of [...table.chains.values()].flatMap((chain) => chain.rules.flatMap((rule) => rule.matches))) {
        if (match.kind === "set") expect(names).toContain(match.set);
      }
    }
  });
});

function jumpTargets(chains: readonly Chain[]): Set<string> {
  const targets = new Set<string>();
  for (const { target } of chains.flatMap((chain) => chain.rules))
    if (target?.kind === "jump") targets.add(target.chain);
  return targets;
}

function serviceKeyOf({ kind, before, after }: SnapshotChange): string {
  const { metadata } = (after ?? before) as Service | EndpointSlice;
  return `default/${kind === "Service" ? metadata.name : metadata.labels!["kubernetes.io/service-name"]}`;
}
