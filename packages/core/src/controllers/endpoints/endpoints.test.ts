import { describe, expect, it } from "vitest";
import { applyYaml } from "../../apiserver/apply.ts";
import { emptyState } from "../../apiserver/empty-state.ts";
import { deleteObject } from "../../apiserver/write-object.ts";
import type { EndpointSubset } from "../../model/endpoints.ts";
import { virtualClock } from "../../runtime/clock.ts";
import { seededRandom } from "../../runtime/random.ts";
import { settle } from "../settle.ts";
import { repackSubsets } from "./repack-subsets.ts";
import { portHash, subsetHash } from "./subset-hash.ts";
import { truncateSubsets } from "./truncate-subsets.ts";

const context = () => ({ random: seededRandom("endpoints"), clock: virtualClock() });

const node = `
apiVersion: v1
kind: Node
metadata: { name: n1 }
spec: { podCIDR: 10.244.1.0/24 }
status: { addresses: [{ type: InternalIP, address: 192.168.10.11 }], conditions: [{ type: Ready, status: "True" }] }
---`;

const pod = (name: string, ip: string, ready: boolean, port = 8080): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: web } }
spec: { nodeName: n1, containers: [{ name: c, image: i, ports: [{ name: http, containerPort: ${port} }] }] }
status: { phase: Running, podIPs: [{ ip: ${ip} }], podIP: ${ip}, conditions: [{ type: Ready, status: "${ready ? "True" : "False"}" }] }
---`;

const service = `
apiVersion: v1
kind: Service
metadata: { name: web, labels: { tier: front } }
spec: { selector: { app: web }, ports: [{ name: a, port: 80, targetPort: http }, { name: b, port: 81, targetPort: 9000 }] }
---`;

function settled(text: string) {
  const ctx = context();
  return settle(applyYaml(emptyState(), text, "t.yaml", ctx).state, ctx);
}

describe("the Endpoints controller", () => {
  it("puts ready and unready Pods behind the ports that they have, in subsets of equal addresses", () => {
    const { state } = settled(node + pod("p1", "10.244.1.5", true) + pod("p2", "10.244.1.6", false, 8081) + service);
    const endpoints = state.tables.Endpoints.get("default/web")!;
    expect(endpoints.metadata.labels).toEqual({
      tier: "front",
      "endpoints.kubernetes.io/managed-by": "endpoint-controller",
    });
    const shape = (endpoints.subsets ?? []).map((subset) => [
      (subset.addresses ?? []).map(({ ip }) => ip),
      (subset.notReadyAddresses ?? []).map(({ ip }) => ip),
      (subset.ports ?? []).map(({ name, port }) => `${name}:${port}`),
    ]);
    expect(shape.sort()).toEqual([
      [[], ["10.244.1.6"], ["a:8081"]],
      [["10.244.1.5"], [], ["a:8080"]],
      [["10.244.1.5"], ["10.244.1.6"], ["b:9000"]],
    ]);
  });

  it("keeps an empty object for a Service without Pods, none without a selector, and takes it with the Service", () => {
    const { state, index, ...rest } = settled(`${node}${service}
apiVersion: v1
kind: Service
metadata: { name: bare }
spec: { ports: [{ port: 80 }] }`);
    expect(state.tables.Endpoints.get("default/web")!.subsets).toBeUndefined();
    expect(state.tables.Endpoints.get("default/bare")).toBeUndefined();
    const gone = deleteObject(state, "Service", "default/web")!;
    const after = settle(gone.state, context(), {
      since: { result: { state, index, ...rest }, changes: [gone.change] },
    });
    expect(after.state.tables.Endpoints.get("default/web")).toBeUndefined();
  });

  it("writes deleted Endpoints anew", () => {
    const result = settled(node + pod("p1", "10.244.1.5", true) + service);
    const gone = deleteObject(result.state, "Endpoints", "default/web")!;
    const after = settle(gone.state, context(), { since: { result, changes: [gone.change] } });
    expect(after.state.tables.Endpoints.get("default/web")!.subsets).toEqual(
      result.state.tables.Endpoints.get("default/web")!.subsets,
    );
  });
});

describe("the mirroring controller", () => {
  const manual = (addresses: string, labels = ""): string => `
apiVersion: v1
kind: Service
metadata: { name: db }
spec: { ports: [{ port: 5432 }] }
---
apiVersion: v1
kind: Endpoints
metadata: { name: db, labels: { team: data${labels} }, annotations: { why: legacy } }
subsets: [{ addresses: ${addresses}, ports: [{ port: 5432 }] }]
`;
  const slices = (state: ReturnType<typeof settled>["state"]) =>
    state.tables.EndpointSlice.values().filter((slice) => slice.metadata.generateName === "db-");

  it("says in one slice for each family what somebody wrote into Endpoints", () => {
    const { state } = settled(manual("[{ ip: 192.0.2.1 }, { ip: 2001:db8::1 }]"));
    const made = slices(state);
    expect(made.map(({ addressType }) => addressType).sort()).toEqual(["IPv4", "IPv6"]);
    expect(made[0]!.metadata.labels).toMatchObject({ team: "data", "kubernetes.io/service-name": "db" });
    expect(made[0]!.metadata.annotations).toEqual({ why: "legacy" });
    expect(made[0]!.endpoints![0]!.conditions).toEqual({ ready: true });
  });

  it("follows changes in place, and takes the slices away when they are not to be mirrored", () => {
    const first = settled(manual("[{ ip: 192.0.2.1 }]"));
    const ctx = context();
    const changed = applyYaml(first.state, manual("[{ ip: 192.0.2.2 }]"), "t.yaml", ctx);
    const second = settle(changed.state, ctx, { since: { result: first, changes: changed.changes } });
    expect(slices(second.state).map(({ metadata, endpoints }) => [metadata.name, endpoints![0]!.addresses])).toEqual([
      [slices(first.state)[0]!.metadata.name, ["192.0.2.2"]],
    ]);
    const skipped = manual("[{ ip: 192.0.2.2 }]", ', endpointslice.kubernetes.io/skip-mirror: "true"');
    const skip = applyYaml(second.state, skipped, "t.yaml", ctx);
    const third = settle(skip.state, ctx, { since: { result: second, changes: skip.changes } });
    expect(slices(third.state)).toEqual([]);
  });
});

describe("subsets", () => {
  const address = (ip: string, uid: string) => ({ ip, targetRef: { kind: "Pod", uid } });

  it("are repacked: one unready word outweighs a ready one, ports with the same addresses come together", () => {
    const packed = repackSubsets([
      { addresses: [address("10.0.0.2", "b"), address("10.0.0.1", "a")], ports: [{ name: "x", port: 80 }] },
      { notReadyAddresses: [address("10.0.0.1", "a")], ports: [{ name: "x", port: 80 }] },
      { addresses: [address("10.0.0.2", "b")], notReadyAddresses: [address("10.0.0.1", "a")], ports: [{ port: 81 }] },
    ]);
    expect(packed).toHaveLength(1);
    expect(packed[0]!.addresses).toEqual([address("10.0.0.2", "b")]);
    expect(packed[0]!.notReadyAddresses).toEqual([address("10.0.0.1", "a")]);
    expect(packed[0]!.ports).toHaveLength(2);
  });

  /** Hashes that Go's RepackSubsets sorts by: fnv.New128a over utils/dump.ForHash, run with k8s.io/kubernetes v1.37.2. */
  it("are sorted by the hash of Go's dump", () => {
    const plain = { port: 80, protocol: "TCP" as const };
    const named = { name: "http", port: 80, protocol: "TCP" as const, appProtocol: "h2c" };
    expect(portHash(plain) < portHash(named)).toBe(true);
    const [subset] = repackSubsets([{ addresses: [{ ip: "10.0.0.1" }], ports: [named, plain] }]);
    expect(subset!.ports).toEqual([plain, named]);
    expect(subsetHash(subset!)).toMatch(/^[0-9a-f]{32}$/);
  });

  it("hold 1000 addresses at most, ready ones first, each subset its share", () => {
    const many = (count: number, prefix: string): EndpointSubset => ({
      addresses: Array.from({ length: count }, (_, i) => ({ ip: `${prefix}.${i >> 8}.${i & 255}` })),
      notReadyAddresses: [{ ip: "10.9.9.9" }],
    });
    const cut = truncateSubsets([many(900, "10.1"), many(600, "10.2")]);
    expect(cut.map(({ addresses }) => addresses!.length)).toEqual([600, 400]);
    expect(cut.every(({ notReadyAddresses }) => notReadyAddresses === undefined)).toBe(true);
    const few = [many(3, "10.1")];
    expect(truncateSubsets(few)).toBe(few);
  });
});
