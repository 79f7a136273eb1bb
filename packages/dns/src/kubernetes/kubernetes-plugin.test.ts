import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import {
  StoredObjects,
  storedNamespace,
  storedPodOf,
  storedServiceOf,
  storedSliceOf,
} from "@kubenetsim/testing/dns-objects";
import { describe, expect, it } from "vitest";
import { parseCorefile } from "../corefile/parse-corefile.ts";
import { type DnsMessage, queryFor } from "../message/dns-message.ts";
import type { RecordType } from "../message/record-type.ts";
import type { ResourceRecord } from "../message/resource-record.ts";
import type { DnsStep } from "../plugins/plugin.ts";
import { DnsServer } from "../server/dns-server.ts";

const http = { name: "http", port: 80, protocol: "TCP" } as const;

function serverOver(objects: StoredObjects | undefined, options: string, addresses: readonly string[] = []): DnsServer {
  return DnsServer.start(parseCorefile(`. {\nkubernetes ${options}\n}\n`), {
    state: objects?.state,
    nowMs: 5000,
    random: seededRandom("kubernetes"),
    addresses,
    readFile: () => undefined,
    exchange: () => ({ kind: "timeout", tookMs: 0 }),
    log: () => {},
  });
}

const arrival = { client: "10.244.1.9", clientPort: 40000, transport: "tcp", port: 53 } as const;

function ask(server: DnsServer, name: string, type: RecordType = "A", nowMs = 5000): DnsMessage {
  return server.answer(queryFor(1, name, type), { ...arrival, nowMs })!;
}

function text(record: ResourceRecord): string {
  const { name, ttl, class: _, type, ...data } = record;
  return [name, ttl, type, ...Object.values(data)].join(" ");
}

/** The code, then the records of the answer, or the zone that says that there is none. */
function said(server: DnsServer, name: string, type: RecordType = "A"): string[] {
  const { rcode, answers, authorities } = ask(server, name, type);
  return answers.length > 0 ? answers.map(text).sort() : [`${rcode} ${authorities.map((soa) => soa.name)}`];
}

function explained(server: DnsServer, name: string, type: RecordType = "A"): DnsStep {
  const steps: DnsStep[] = [];
  server.answer(queryFor(1, name, type), { ...arrival, nowMs: 0, steps });
  return steps[0]!;
}

/** The objects of TestReverse, with one of them not ready. */
const reverseObjects: readonly ApiObject[] = [
  storedNamespace("testns"),
  storedServiceOf("testns/svc1", { clusterIPs: ["192.168.1.100"], ports: [http] }),
  storedSliceOf("testns/svc1-slice1", "svc1", [
    { addresses: ["10.0.0.100"], hostname: "ep1a" },
    { addresses: ["10.0.0.99"], hostname: "double-ep" },
    { addresses: ["10.0.0.98"], conditions: { ready: false } },
  ]),
  storedSliceOf("testns/svc1-slice2", "svc1", [
    { addresses: ["1234:abcd::1"], hostname: "ep1b" },
    { addresses: ["fd00:77:30::2:9ba6"], hostname: "ip6svc1in" },
  ]),
  storedSliceOf("testns/svc1-ccccc", "svc1", [{ addresses: ["10.0.0.100"], hostname: "ep1a" }]),
  storedSliceOf("testns/svc2-slice1", "svc2", [{ addresses: ["10.0.0.99"], hostname: "double-ep" }]),
  storedSliceOf("testns/stray", undefined, [{ addresses: ["10.0.0.97"] }]),
];

describe("an address in reverse", () => {
  const server = serverOver(new StoredObjects(reverseObjects), "cluster.local 10.0.0.0/16 192.168.0.0/16 ip6.arpa");
  const v6 = "6.a.b.9.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.3.0.0.7.7.0.0.0.0.d.f.ip6.arpa.";

  it.each([
    ["100.0.0.10.in-addr.arpa.", "PTR", ["100.0.0.10.in-addr.arpa. 5 PTR ep1a.svc1.testns.svc.cluster.local."]],
    ["100.1.168.192.in-addr.arpa.", "PTR", ["100.1.168.192.in-addr.arpa. 5 PTR svc1.testns.svc.cluster.local."]],
    [v6, "PTR", [`${v6} 5 PTR ip6svc1in.svc1.testns.svc.cluster.local.`]],
    [`x.${v6}`, "PTR", [`x.${v6} 5 PTR ip6svc1in.svc1.testns.svc.cluster.local.`]],
    ["101.0.0.10.in-addr.arpa.", "PTR", ["NXDOMAIN 0.10.in-addr.arpa."]],
    ["98.0.0.10.in-addr.arpa.", "PTR", ["NXDOMAIN 0.10.in-addr.arpa."]],
    ["example.org.cluster.local.", "PTR", ["NXDOMAIN cluster.local."]],
    ["svc1.testns.svc.cluster.local.", "PTR", ["NOERROR cluster.local."]],
    ["svc1.testns.svc.0.10.in-addr.arpa.", "A", ["NXDOMAIN 0.10.in-addr.arpa."]],
    ["100.0.0.10.in-addr.arpa.", "A", ["NXDOMAIN 0.10.in-addr.arpa."]],
    [
      "99.0.0.10.in-addr.arpa.",
      "PTR",
      ["svc1", "svc2"].map((name) => `99.0.0.10.in-addr.arpa. 5 PTR double-ep.${name}.testns.svc.cluster.local.`),
    ],
  ] as const)("%s %s", (name, type, expected) => {
    expect(said(server, name, type)).toEqual(expected);
  });

  it("of a slice without a Service is not answered at all: the name has an empty label", () => {
    expect(server.answer(queryFor(1, "97.0.0.10.in-addr.arpa.", "PTR"), { ...arrival, nowMs: 0 })).toBeUndefined();
  });
});

/** The objects of TestServeDNSZonal. */
const zonalObjects = new StoredObjects([
  storedNamespace("testns"),
  storedServiceOf("testns/hdls", { clusterIPs: ["None"] }),
  storedServiceOf("testns/clstr", { clusterIPs: ["10.0.0.5"], ports: [http] }),
  storedSliceOf(
    "testns/hdls-1",
    "hdls",
    [
      { addresses: ["172.0.0.1"], zone: "us-west-2a" },
      { addresses: ["172.0.0.2"], zone: "us-west-2B" },
      { addresses: ["172.0.0.3"], zone: "us-west-2b" },
    ],
    [http],
  ),
]);

describe("a name with a topology zone", () => {
  const server = serverOver(zonalObjects, "cluster.local {\nzonal\n}");
  const addresses = (zone: string, type: RecordType = "A", service = "hdls"): (string | number)[] =>
    ask(server, `${zone}._zone.${service}.testns.svc.cluster.local.`, type).answers.map((record) =>
      record.type === "SRV" ? record.weight : "address" in record ? record.address : record.type,
    );
  const code = (zone: string, type: RecordType, service: string): string =>
    ask(server, `${zone}._zone.${service}.testns.svc.cluster.local.`, type).rcode;

  it("is answered with the endpoints of the zone; pin with none, prefer with all where it has none", () => {
    expect(addresses("us-west-2a.pin")).toEqual(["172.0.0.1"]);
    expect(addresses("us-west-2b.pin")).toEqual(["172.0.0.2", "172.0.0.3"]);
    expect(addresses("us-west-2c.pin")).toEqual([]);
    expect(addresses("us-west-2a.prefer")).toEqual(["172.0.0.1"]);
    expect(addresses("us-west-2c.prefer")).toEqual(["172.0.0.1", "172.0.0.2", "172.0.0.3"]);
    expect(addresses("us-west-2c.prefer", "SRV")).toEqual([33, 33, 33]);
    expect(addresses("us-west-2b.pin", "SRV")).toEqual([50, 50]);
  });

  it.each([
    ["us-west-2c.pin", "A", "hdls", "NOERROR"],
    ["us-west-2c.pin", "TXT", "hdls", "NOERROR"],
    ["us-west-2a.pin", "A", "ghost", "NXDOMAIN"],
    ["us-west-2a.pin", "TXT", "ghost", "NXDOMAIN"],
    ["us-west-2a.florp", "A", "hdls", "NXDOMAIN"],
    ["us-west-2a.pin", "A", "clstr", "NXDOMAIN"],
  ] as const)("%s %s of %s: %s", (zone, type, service, expected) => {
    expect(code(zone, type, service)).toBe(expected);
  });
});

describe("the servers of the zone", () => {
  const dns = storedServiceOf("kube-system/dns", { clusterIPs: ["10.0.0.111", "10::111"], ports: [http] });
  const headless = storedServiceOf("kube-system/hdls", { clusterIPs: ["None"] });
  const slice = (service: string): ApiObject =>
    storedSliceOf(`kube-system/${service}-1`, service, [{ addresses: ["10.244.0.20"] }]);
  const over = (...objects: readonly ApiObject[]): DnsServer =>
    serverOver(new StoredObjects(objects), "cluster.local", ["10.244.0.20"]);

  it("are the Services of which this one is an endpoint", () => {
    const { answers, additionals } = ask(over(dns, slice("dns"), headless, slice("hdls")), "cluster.local.", "NS");
    expect(answers.map(text)).toEqual([
      "cluster.local. 5 NS dns.kube-system.svc.cluster.local.",
      "cluster.local. 5 NS 10-244-0-20.hdls.kube-system.svc.cluster.local.",
    ]);
    expect(additionals.map(text)).toEqual([
      "dns.kube-system.svc.cluster.local. 5 A 10.0.0.111",
      "dns.kube-system.svc.cluster.local. 5 AAAA 10::111",
      "10-244-0-20.hdls.kube-system.svc.cluster.local. 5 A 10.244.0.20",
    ]);
  });

  it("are the server's own addresses where it is no endpoint, and none where its Service is gone", () => {
    expect(said(over(), "cluster.local.", "NS")).toEqual(["cluster.local. 5 NS ns.dns.cluster.local."]);
    expect(said(over(), "ns.dns.cluster.local.")).toEqual(["ns.dns.cluster.local. 5 A 10.244.0.20"]);
    expect(said(over(slice("dns")), "cluster.local.", "NS")).toEqual(["NOERROR cluster.local."]);
    expect(said(over(), "Cluster.local.", "NS")).toEqual(["NOERROR Cluster.local."]);
  });
});

describe("names of endpoints", () => {
  const endpoints = [
    { addresses: ["10.11.12.13"] },
    { addresses: ["10.11.12.14"], hostname: "epname", targetRef: { name: "hello-abcde" } },
    { addresses: ["10.11.12.15"], targetRef: { name: "hello-abcde" } },
    { addresses: ["10.11.12.16"], targetRef: { name: "x".repeat(64) } },
    { addresses: ["2001:db8:3333:4444:5555:6666::"] },
  ];
  const objects = new StoredObjects([
    storedNamespace("ns"),
    storedServiceOf("ns/svc", { clusterIPs: ["None"] }),
    storedSliceOf("ns/svc-1", "svc", endpoints),
  ]);
  const names = (options: string): string[] =>
    ask(serverOver(objects, `cluster.local {\n${options}\n}`), "svc.ns.svc.cluster.local.", "SRV").additionals.map(
      ({ name }) => name.split(".")[0]!,
    );

  it("are hostnames, else addresses with dashes", () => {
    const last = "2001-db8-3333-4444-5555-6666--0";
    expect(names("ttl 5")).toEqual(["10-11-12-13", "epname", "10-11-12-15", "10-11-12-16", last]);
    expect(names("endpoint_pod_names")).toEqual(["10-11-12-13", "epname", "hello-abcde", "10-11-12-16", last]);
  });
});

describe("time", () => {
  it("before the first lists: SERVFAIL for what might be there", () => {
    const server = serverOver(undefined, "cluster.local");
    expect(said(server, "web.default.svc.cluster.local.")).toEqual(["SERVFAIL cluster.local."]);
    expect(said(server, "svc.cluster.local.")).toEqual(["NOERROR cluster.local."]);
    expect(ask(server, "cluster.local.", "SOA").answers).toMatchObject([{ serial: 0 }]);
    server.update([], new StoredObjects(reverseObjects).state, 9000);
    expect(said(server, "svc1.testns.svc.cluster.local.")).toEqual([
      "svc1.testns.svc.cluster.local. 5 A 192.168.1.100",
    ]);
  });

  it("of the last change of a record is the serial", () => {
    const objects = new StoredObjects(reverseObjects);
    const server = serverOver(objects, "cluster.local");
    const change = (nowMs: number, ...changed: readonly ApiObject[]): unknown => {
      objects.put(...changed);
      server.update(objects.takeChanges(), objects.state, nowMs);
      const [soa] = ask(server, "cluster.local.", "SOA").answers;
      return soa?.type === "SOA" ? soa.serial - 1_767_225_600 : undefined;
    };
    const slice = storedSliceOf("testns/svc2-slice1", "svc2", [{ addresses: ["10.0.0.99"], hostname: "double-ep" }]);
    expect(change(6000, storedNamespace("other"))).toBe(5);
    expect(
      change(7000, {
        ...slice,
        endpoints: [...slice.endpoints!, { addresses: ["1.1.1.1"], conditions: { ready: false } }],
      }),
    ).toBe(5);
    expect(change(8000, { ...slice, endpoints: [] })).toBe(8);
    expect(change(9000, storedServiceOf("testns/svc1", { clusterIPs: ["192.168.1.101"], ports: [http] }))).toBe(8);
    expect(change(10_000, storedPodOf("testns/pod", ["10.0.0.1"]))).toBe(8);
  });

  it("does not take a Pod away that is being deleted, but its end does", () => {
    const pod = storedPodOf("testns/pod", ["10.0.0.1"]);
    const objects = new StoredObjects([storedNamespace("testns"), pod]);
    const server = serverOver(objects, "cluster.local {\npods verified\n}");
    const code = (): string => {
      server.update(objects.takeChanges(), objects.state, 0);
      return ask(server, "10-0-0-1.testns.pod.cluster.local.").rcode;
    };
    expect(code()).toBe("NOERROR");
    objects.put({ ...pod, metadata: { ...pod.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" } });
    expect(code()).toBe("NOERROR");
    objects.delete("Pod", "testns/pod");
    expect(code()).toBe("NXDOMAIN");
    objects.put(pod);
    expect(code()).toBe("NOERROR");
    objects.put({ ...pod, status: { phase: "Succeeded" } });
    expect(code()).toBe("NXDOMAIN");
  });
});

describe("the explanation", () => {
  const server = serverOver(new StoredObjects(reverseObjects), "cluster.local in-addr.arpa {\npods verified\n}");

  it("names the objects behind an answer", () => {
    expect(explained(server, "ep1a.svc1.testns.svc.cluster.local.")).toEqual({
      plugin: "kubernetes",
      text: "1 record of type A",
      objects: ["Service testns/svc1", "EndpointSlice testns/svc1-ccccc", "EndpointSlice testns/svc1-slice1"],
    });
    expect(explained(server, "svc1.testns.svc.cluster.local.", "MX").text).toContain("NODATA");
  });

  it.each([
    ["svc1.testnz.svc.cluster.local.", "namespace testnz is not there; near to it is testns.svc.cluster.local."],
    [
      "scv1.testns.svc.cluster.local.",
      "Service testns/scv1 is not there; near to it is svc1.testns.svc.cluster.local.",
    ],
    ["ep1c.svc1.testns.svc.cluster.local.", "no ready endpoint of the name ep1c; near to it is ep1a.svc1.testns"],
    ["_https._tcp.svc1.testns.svc.cluster.local.", "Service testns/svc1 has no port https of protocol tcp"],
    ["web.cluster.local.", "has not the form of a name of a Service or a Pod"],
    ["svc1.testns.cluster.local.", "near to it is svc1.testns.svc.cluster.local."],
    ["10-9-9-9.testns.pod.cluster.local.", "no Pod of namespace testns has the address that 10-9-9-9 stands for"],
  ])("says why there is no %s", (name, expected) => {
    expect(explained(server, name).text).toContain(expected);
  });

  it("says why there is no address in reverse", () => {
    expect(explained(server, "1.1.1.1.in-addr.arpa.", "PTR").text).toContain("has the address 1.1.1.1: NXDOMAIN");
  });
});
