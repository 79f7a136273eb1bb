import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { unixSecondsOf } from "@kubenetsim/core/runtime/timestamp";
import {
  StoredObjects,
  storedNamespace,
  storedPodOf,
  storedServiceOf,
  storedSliceOf,
} from "@kubenetsim/testing/dns-objects";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type DnsMessage, queryFor } from "../message/dns-message.ts";
import type { RecordType } from "../message/record-type.ts";
import { reverseName } from "../message/reverse-name.ts";
import { hostAddress } from "./backend-service.ts";
import { KubernetesPlugin } from "./kubernetes-plugin.ts";
import { ObjectIndex } from "./object-index.ts";
import { defaultKubernetesOptions, type KubernetesOptions } from "./options.ts";

const zone = "cluster.local.";
const zones = [zone, "in-addr.arpa.", "ip6.arpa."];
const options: KubernetesOptions = {
  ...defaultKubernetesOptions,
  zones,
  primaryZone: zone,
  pods: "verified",
  zonal: true,
  labels: [{ key: "hidden", operator: "!", values: [] }],
};

const namespaces = ["default", "shop"] as const;
const names = ["a", "b", "c"] as const;
const namespace = fc.constantFrom(...namespaces);
const name = fc.constantFrom(...names);
const address = fc.oneof(
  fc.nat({ max: 12 }).map((n) => `10.244.0.${n}`),
  fc.nat({ max: 3 }).map((n) => hostAddress(`fd00::${n}`)!.address),
);
const port = fc.constantFrom(
  { name: "http", port: 80, protocol: "TCP" } as const,
  { name: "dns", port: 53, protocol: "UDP" } as const,
);
const ports = fc.uniqueArray(port, { maxLength: 2, selector: (one) => one.name });

/** No two Services have one address: the API server sees to it. */
const service = fc
  .record({ namespace, name, ports, kind: fc.constantFrom("cluster", "headless", "alias", "hidden") })
  .map(({ namespace: ns, name: own, ports: some, kind }): ApiObject => {
    const ip = `10.96.${namespaces.indexOf(ns)}.${names.indexOf(own) + 1}`;
    const spec =
      kind === "alias"
        ? ({ type: "ExternalName", externalName: "b.default.svc.cluster.local" } as const)
        : { clusterIPs: [kind === "headless" ? "None" : ip], ports: some };
    const object = storedServiceOf(`${ns}/${own}`, spec);
    return kind === "hidden" ? { ...object, metadata: { ...object.metadata, labels: { hidden: "" } } } : object;
  });
const endpoint = fc.record({ address, ready: fc.boolean(), hostname: fc.option(name, { nil: undefined }) });
const slice = fc
  .record({ namespace, name, number: fc.nat({ max: 1 }), endpoints: fc.array(endpoint, { maxLength: 3 }), ports })
  .map(({ namespace: ns, name: own, number, endpoints, ports: some }): ApiObject => {
    const listed = endpoints.map(({ address: ip, ready, hostname }) => ({
      addresses: [ip],
      conditions: { ready },
      zone: "Z",
      ...(hostname && { hostname }),
    }));
    return storedSliceOf(`${ns}/${own}-${number}`, own, listed, some);
  });
const pod = fc
  .record({
    namespace,
    name,
    ips: fc.uniqueArray(address, { maxLength: 2 }),
    phase: fc.constantFrom("Running", "Failed"),
  })
  .map(({ namespace: ns, name: own, ips, phase }): ApiObject => {
    const object = storedPodOf(`${ns}/${own}`, ips);
    return phase === "Failed" ? { ...object, status: { ...object.status, phase: "Failed" } } : object;
  });
const object = fc.oneof(
  service,
  slice,
  pod,
  namespace.map((one): ApiObject => storedNamespace(one)),
);
const step = fc.record({ object, gone: fc.boolean() });
const steps = fc.array(step, { minLength: 1, maxLength: 25, size: "max" });

/** What some steps leave. */
function storedAfter(taken: readonly { readonly object: ApiObject; readonly gone: boolean }[]): StoredObjects {
  const objects = new StoredObjects();
  for (const { object: one, gone } of taken) {
    const { namespace: ns, name: own } = one.metadata;
    if (gone) objects.delete(one.kind, ns === undefined ? own : `${ns}/${own}`);
    else objects.put(one);
  }
  return objects;
}

const pluginOver = (objects: StoredObjects): KubernetesPlugin =>
  new KubernetesPlugin(options, {
    surroundings: { state: objects.state, nowMs: 0, addresses: [], readFile: () => undefined },
    askSelf: () => ({ rcode: "SERVFAIL" }),
  });

function ask(plugin: KubernetesPlugin, qname: string, type: RecordType): DnsMessage {
  const message = queryFor(1, qname, type);
  const from = { transport: "udp", client: "10.244.0.1", clientPort: 1, listener: 0, nowMs: 0 } as const;
  const request = { message, question: message.questions[0]!, name: qname.toLowerCase(), zone: ".", ...from };
  return plugin.handle(() => ({ rcode: "SERVFAIL" }))(request).message!;
}

/** The serial tells when something changed, which one that starts later cannot know. */
function recordsOf(plugin: KubernetesPlugin): unknown {
  const { rcode, answers, additionals } = ask(plugin, "a.default.svc.cluster.local.", "SRV");
  return { rcode, answers, additionals };
}

describe("what the watches brought", () => {
  it("is the same followed change by change as built anew, and so are the answers", () => {
    fc.assert(
      fc.property(steps, fc.nat({ max: 25 }), (taken, begin) => {
        const objects = storedAfter(taken.slice(0, begin));
        const followed = new ObjectIndex(options);
        followed.fill(objects.state, 0);
        const plugin = pluginOver(objects);
        objects.takeChanges();
        for (const one of taken.slice(begin)) {
          const { namespace: ns, name: own } = one.object.metadata;
          const key = ns === undefined ? own : `${ns}/${own}`;
          if (one.gone) objects.delete(one.object.kind, key);
          else objects.put(one.object);
          const changes = objects.takeChanges();
          for (const change of changes) followed.apply(change, 0);
          plugin.update(changes, objects.state, 0);
          expect(recordsOf(plugin)).toEqual(recordsOf(pluginOver(objects)));
        }
        const built = new ObjectIndex(options);
        built.fill(objects.state, 0);
        expect(followed.entries()).toEqual(built.entries());
      }),
    );
  });
});

describe("answers", () => {
  it("hold only addresses that are a Service's or a ready endpoint's", () => {
    fc.assert(
      fc.property(steps, namespace, name, (taken, ns, own) => {
        const objects = storedAfter(taken);
        const plugin = pluginOver(objects);
        const { Service, EndpointSlice } = objects.state.tables;
        const endpoints = EndpointSlice.values().flatMap((one) => one.endpoints ?? []);
        const ready = endpoints.filter(({ conditions }) => conditions?.ready).flatMap(({ addresses }) => addresses);
        const clusterIPs = Service.values().flatMap(({ spec }) => spec.clusterIPs ?? []);
        for (const type of ["A", "AAAA"] as const) {
          const { answers } = ask(plugin, `${own}.${ns}.svc.${zone}`, type);
          for (const record of answers) {
            if ("address" in record) expect([...ready, ...clusterIPs]).toContain(record.address);
          }
        }
      }),
    );
  });

  it("of an address in reverse are names that have the address, where their Service is there", () => {
    fc.assert(
      fc.property(steps, address, (taken, ip) => {
        const objects = storedAfter(taken);
        const plugin = pluginOver(objects);
        const { type, address: canonical } = hostAddress(ip)!;
        const { answers } = ask(plugin, reverseName(canonical as Parameters<typeof reverseName>[0]), "PTR");
        for (const record of answers) {
          const target = record.type === "PTR" ? record.target : "";
          const [, own, ns] = target.split(".");
          const key = `${ns}/${own}`;
          if (plugin.index.services.get(key)?.type !== "ClusterIP" || !plugin.index.namespaces.has(ns!)) continue;
          expect(ask(plugin, target, type).answers).toContainEqual(expect.objectContaining({ address: canonical }));
        }
      }),
    );
  });

  it("are kept over changes that no watch brings, and no longer", () => {
    const objects = new StoredObjects([
      storedNamespace("shop"),
      storedServiceOf("shop/a", { clusterIPs: ["10.96.0.1"] }),
    ]);
    const plugin = pluginOver(objects);
    const answers = (): unknown => ask(plugin, "a.shop.svc.cluster.local.", "A").answers;
    const first = answers();
    objects.put({ ...storedPodOf("shop/gone", ["10.0.0.1"]), status: { phase: "Failed" } });
    plugin.update(objects.takeChanges(), objects.state, 0);
    expect(answers()).toBe(first);
    objects.put(storedServiceOf("shop/a", { clusterIPs: ["10.96.0.2"] }));
    plugin.update(objects.takeChanges(), objects.state, 0);
    expect(answers()).toMatchObject([{ address: "10.96.0.2" }]);
  });

  it("do not depend on what was asked before", () => {
    fc.assert(
      fc.property(steps, namespace, name, fc.constantFrom("A", "SRV", "TXT"), (taken, ns, own, type) => {
        const plugin = pluginOver(storedAfter(taken));
        const qname = `${own}.${ns}.svc.Cluster.local.`;
        expect(ask(plugin, qname, type)).toEqual(ask(plugin, qname, type));
        expect(ask(plugin, qname.toLowerCase(), type).rcode).toBe(ask(plugin, qname, type).rcode);
      }),
    );
  });
});

describe("the serials", () => {
  it("are the second of the last change: of the cluster's zone, and of that of external addresses", () => {
    const objects = new StoredObjects([storedServiceOf("shop/a", { clusterIPs: ["10.96.0.1"] })]);
    const index = new ObjectIndex(options);
    index.fill(objects.state, 1_000_000);
    const serials = (): number[] => [index.serial, index.externalSerial];
    const putAt = (spec: Parameters<typeof storedServiceOf>[1], nowMs: number): number[] => {
      objects.put(storedServiceOf("shop/a", spec));
      for (const change of objects.takeChanges()) index.apply(change, nowMs);
      return serials();
    };
    const second = (nowMs: number): number => unixSecondsOf(nowMs);
    expect(serials()).toEqual([second(1_000_000), 0]);
    const external = { clusterIPs: ["10.96.0.1"], externalIPs: ["192.0.2.1"] };
    expect(putAt(external, 2_000_000)).toEqual([second(1_000_000), second(2_000_000)]);
    const ported = { ...external, ports: [{ name: "http", port: 80, protocol: "TCP" as const }] };
    expect(putAt(ported, 3_000_000)).toEqual([second(3_000_000), second(3_000_000)]);
  });
});
