import { ParseError } from "@kubenetsim/core/runtime/errors";
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
import { DnsServer } from "../server/dns-server.ts";
import { encodeMessage } from "../wire/encode-message.ts";
import type { DnsStep } from "./plugin.ts";

const http = { name: "http", port: 80, protocol: "TCP" } as const;
const objects = new StoredObjects([
  storedNamespace("ns1"),
  storedServiceOf("ns1/web", { clusterIPs: ["10.96.0.1", "fd00::1"], ports: [http], externalIPs: ["192.0.2.1"] }),
  storedServiceOf(
    "ns1/lb",
    { type: "LoadBalancer", clusterIPs: ["10.96.0.2"], ports: [{ port: 443, protocol: "TCP" }] },
    {
      loadBalancer: { ingress: [{ hostname: "lb.example.com" }] },
    },
  ),
  storedServiceOf("ns1/db", { clusterIPs: ["None"] }),
  storedServiceOf("ns1/alias", { type: "ExternalName", externalName: "example.com" }),
  storedServiceOf("ns1/literal", { type: "ExternalName", externalName: "192.0.2.9" }),
  storedSliceOf("ns1/db-1", "db", [{ addresses: ["10.244.0.7"], hostname: "db-0" }, { addresses: ["10.244.0.8"] }]),
  storedPodOf("ns1/client", ["10.244.1.9"]),
]);

function start(text: string, stored = objects): DnsServer {
  return DnsServer.start(parseCorefile(text), {
    state: stored.state,
    nowMs: 1000,
    random: seededRandom("zones"),
    addresses: ["10.244.0.5"],
    readFile: (path) => (path === "/etc/resolv.conf" ? "domain lost\nsearch Example.com\n" : undefined),
    exchange: () => ({ kind: "timeout", tookMs: 0 }),
    log: () => {},
  });
}

/** Why a Corefile is not started with. */
function refusal(corefile: string): string {
  try {
    start(corefile);
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
  return "taken";
}

const arrival = { client: "10.244.1.9", clientPort: 40000, transport: "tcp", port: 53, nowMs: 1000 } as const;
const ask = (server: DnsServer, name: string, type: RecordType = "A"): DnsMessage =>
  server.answer(queryFor(1, name, type), arrival)!;
const text = ({ name, ttl, class: _, type, ...data }: ResourceRecord): string =>
  [name, ttl, type, ...Object.values(data)].join(" ");

describe("aliases that lead round through two zones", () => {
  it("end", () => {
    const other = (name: string): string => `${name}.ns1.svc`;
    const circle = new StoredObjects([
      storedNamespace("ns1"),
      storedServiceOf("ns1/one", { type: "ExternalName", externalName: `${other("two")}.b.local` }),
      storedServiceOf("ns1/two", { type: "ExternalName", externalName: `${other("one")}.a.local` }),
    ]);
    const { answers, rcode } = ask(start(". {\nkubernetes a.local b.local\n}", circle), "one.ns1.svc.a.local.");
    expect(rcode).toBe("NOERROR");
    expect(new Set(answers.map(({ type }) => type))).toEqual(new Set(["CNAME"]));
    expect(answers.length).toBeLessThan(20);
  });
});

describe("autopath", () => {
  const server = start(`. {
    autopath @kubernetes
    kubernetes cluster.local {
      pods verified
    }
    whoami
  }`);

  it("goes through the search list of the Pod that asks, and answers with an alias", () => {
    const { answers, questions } = ask(server, "web.ns1.SVC.ns1.svc.cluster.local.");
    expect(answers.map(text)).toEqual([
      "web.ns1.SVC.ns1.svc.cluster.local. 5 CNAME web.ns1.SVC.cluster.local.",
      "web.ns1.SVC.cluster.local. 5 A 10.96.0.1",
    ]);
    expect(questions[0]!.name).toBe("web.ns1.SVC.ns1.svc.cluster.local.");
  });

  it("tries the server's own search list and the name itself at last", () => {
    expect(ask(server, "nope.ns1.svc.cluster.local.").rcode).toBe("NOERROR");
    expect(ask(server, "nope.ns1.svc.cluster.local.").additionals[1]).toMatchObject({
      name: "_tcp.nope.Example.com.".toLowerCase(),
    });
  });

  it("leaves others alone: names elsewhere, clients that are no Pod, the first domain itself", () => {
    expect(ask(server, "nope.ns2.svc.cluster.local.").rcode).toBe("NXDOMAIN");
    const other = { ...arrival, client: "192.168.0.1" };
    expect(server.answer(queryFor(1, "nope.ns1.svc.cluster.local.", "A"), other)!.rcode).toBe("NXDOMAIN");
    expect(ask(server, "ns1.svc.cluster.local.").rcode).toBe("SERVFAIL");
  });

  it("gives the first reply where no name exists", () => {
    const alone = start(". {\nautopath cluster.local /etc/resolv.conf\nkubernetes {\n}\n}");
    expect(ask(alone, "a.example.com.cluster.local.").rcode).toBe("NXDOMAIN");
  });

  it("is set up in the real words", () => {
    expect(refusal(". {\nautopath\n}")).toBe("plugin/autopath: no resolv-conf specified");
    expect(refusal(". {\nautopath @whoami\nwhoami\n}")).toBe(
      "plugin/autopath: whoami does not implement the AutoPather interface",
    );
    expect(refusal(". {\nautopath /none\n}")).toBe(
      'plugin/autopath: failed to parse "/none": open /none: no such file or directory',
    );
  });
});

describe("transfer", () => {
  const server = start(". {\nkubernetes cluster.local\ntransfer {\n to 10.244.1.9 [fd00::1]:53\n}\n}");
  const soa = "cluster.local. 5 SOA ns.dns.cluster.local. hostmaster.cluster.local. 1767225601 7200 1800 86400 5";

  it("hands out a zone", () => {
    const { answers, flags } = ask(server, "Cluster.local.", "AXFR");
    expect(flags.aa).toBe(true);
    expect(answers.map(text)).toEqual([
      soa,
      "cluster.local. 5 NS ns.dns.cluster.local.",
      "ns.dns.cluster.local. 0 A 10.244.0.5",
      "alias.ns1.svc.cluster.local. 5 CNAME example.com.",
      "db.ns1.svc.cluster.local. 5 A 10.244.0.7",
      "db-0.db.ns1.svc.cluster.local. 5 A 10.244.0.7",
      "_http._tcp.db.ns1.svc.cluster.local. 5 SRV 0 50 8080 db-0.db.ns1.svc.cluster.local.",
      "db.ns1.svc.cluster.local. 5 A 10.244.0.8",
      "10-244-0-8.db.ns1.svc.cluster.local. 5 A 10.244.0.8",
      "_http._tcp.db.ns1.svc.cluster.local. 5 SRV 0 50 8080 10-244-0-8.db.ns1.svc.cluster.local.",
      "lb.ns1.svc.cluster.local. 5 A 10.96.0.2",
      "lb.ns1.svc.cluster.local. 5 SRV 0 100 443 lb.ns1.svc.cluster.local.",
      "web.ns1.svc.cluster.local. 5 A 10.96.0.1",
      "web.ns1.svc.cluster.local. 5 AAAA fd00::1",
      "web.ns1.svc.cluster.local. 5 SRV 0 100 80 web.ns1.svc.cluster.local.",
      "_http._tcp.web.ns1.svc.cluster.local. 5 SRV 0 100 80 web.ns1.svc.cluster.local.",
      soa,
    ]);
  });

  it("says to one who has the serial that it is the last, and to others all", () => {
    const ixfr = (serial: number): DnsMessage => {
      const query = queryFor(1, "cluster.local.", "IXFR");
      const [record] = ask(server, "cluster.local.", "SOA").answers;
      const authorities = record?.type === "SOA" ? [{ ...record, serial }] : [];
      return server.answer({ ...query, authorities }, arrival)!;
    };
    expect(ixfr(1_767_225_601).answers.map(text)).toEqual([soa]);
    expect(ixfr(1_767_225_601).flags.aa).toBe(false);
    expect(ixfr(1).answers).toHaveLength(17);
    expect(ask(server, "cluster.local.", "IXFR").rcode).toBe("SERVFAIL");
  });

  it("takes several messages for a zone that one cannot hold", () => {
    const services = Array.from({ length: 400 }, (_, i) =>
      storedServiceOf(`ns1/service-with-a-long-name-${i}`, {
        clusterIPs: [`10.96.${i >> 8}.${i & 255}`],
        ports: [http],
      }),
    );
    const large = new StoredObjects([storedNamespace("ns1"), ...services]);
    const over = start(". {\nkubernetes cluster.local\ntransfer {\n to *\n}\n}", large);
    const response = over.respond(queryFor(1, "cluster.local.", "AXFR"), arrival)!;
    const messages = [response, ...response.following!];
    expect(messages.length).toBeGreaterThan(1);
    for (const { message, compress } of messages) {
      expect(encodeMessage(message, { compress }).length).toBeLessThan(65_536);
      expect(message.flags.tc).toBe(false);
    }
    const records = messages.flatMap(({ message }) => message.answers);
    expect(records).toHaveLength(4 + 400 * 3);
    expect(records.at(-1)).toEqual(records[0]);
  });

  it("refuses over UDP, to strangers and for other zones", () => {
    const axfr = queryFor(1, "cluster.local.", "AXFR");
    expect(server.answer(axfr, { ...arrival, transport: "udp" })!.rcode).toBe("REFUSED");
    expect(server.answer(axfr, { ...arrival, client: "10.244.1.8" })!.rcode).toBe("REFUSED");
    expect(ask(server, "example.com.", "AXFR").rcode).toBe("SERVFAIL");
    expect(ask(start(". {\nkubernetes cluster.local\n}"), "cluster.local.", "AXFR").rcode).toBe("REFUSED");
  });

  it("is set up in the real words", () => {
    const place = (line: number): string => `plugin/transfer: Corefile:${line} - Error during parsing: `;
    const refused = (lines: string, message: string): void =>
      expect(refusal(`. {\ntransfer {\n${lines}\n}\n}`)).toBe(message);
    refused("to foo", "plugin/transfer: must specify an IP address: `foo'");
    refused("to", `${place(3)}Wrong argument count or unexpected line ending after 'to'`);
    refused("foo", `plugin/transfer: ${place(3)}unknown property "foo"`);
    refused("to *\nsource x", `plugin/transfer: ${place(4)}invalid source address "x"`);
  });
});

describe("k8s_external", () => {
  const server = start(`. {
    k8s_external ext.example in-addr.arpa {
      headless
      ttl 60
    }
    kubernetes cluster.local {
      ttl 20
    }
    transfer ext.example {
      to *
    }
    whoami
  }`);
  const said = (name: string, type: RecordType = "A"): string[] => {
    const { rcode, answers } = ask(server, name, type);
    return answers.length === 0 ? [rcode] : answers.map(text);
  };

  it.each([
    ["web.ns1.ext.example.", "A", ["web.ns1.ext.example. 60 A 192.0.2.1"]],
    ["web.ns1.ext.example.", "AAAA", ["NOERROR"]],
    ["web.ns1.ext.example.", "SRV", ["web.ns1.ext.example. 20 SRV 0 100 80 web.ns1.ext.example."]],
    ["_http._tcp.Web.ns1.ext.example.", "A", ["_http._tcp.Web.ns1.ext.example. 60 A 192.0.2.1"]],
    ["_dns._tcp.web.ns1.ext.example.", "A", ["NXDOMAIN"]],
    ["x.y.z.web.ns1.ext.example.", "A", ["NXDOMAIN"]],
    ["lb.ns1.ext.example.", "A", ["lb.ns1.ext.example. 20 CNAME lb.example.com."]],
    ["db-0.db.ns1.ext.example.", "A", ["db-0.db.ns1.ext.example. 60 A 10.244.0.7"]],
    ["ns1.ext.example.", "A", ["NOERROR"]],
    ["ns2.ext.example.", "A", ["NXDOMAIN"]],
    ["ns1.dns.ext.example.", "A", ["ns1.dns.ext.example. 60 A 10.244.0.5"]],
    ["dns.ext.example.", "A", ["NOERROR"]],
    ["ns2.dns.ext.example.", "A", ["NXDOMAIN"]],
    ["ext.example.", "NS", ["ext.example. 60 NS ns1.dns.ext.example."]],
    ["1.2.0.192.in-addr.arpa.", "PTR", ["1.2.0.192.in-addr.arpa. 60 PTR web.ns1.ext.example."]],
    ["2.2.0.192.in-addr.arpa.", "PTR", ["NXDOMAIN"]],
  ] as const)("%s %s", (name, type, expected) => {
    expect(said(name, type)).toEqual(expected);
  });

  it("hands out its zone", () => {
    const records = ask(server, "ext.example.", "AXFR").answers.map(text);
    expect(records).toContain("web.ns1.ext.example. 60 A 192.0.2.1");
    expect(records).toContain("_http._tcp.web.ns1.ext.example. 20 SRV 0 100 80 web.ns1.ext.example.");
    expect(records).toContain("_._tcp.lb.ns1.ext.example. 20 SRV 0 100 443 com.");
    expect(
      records.filter((record) => record === "db.ns1.ext.example. 20 SRV 0 50 8080 db-0.db.ns1.ext.example."),
    ).toHaveLength(2);
    expect(records[0]).toBe(records.at(-1));
  });

  it("says which objects are behind an answer", () => {
    const steps: DnsStep[] = [];
    server.answer(queryFor(1, "db-0.db.ns1.ext.example.", "A"), { ...arrival, steps });
    server.answer(queryFor(1, "nope.ns1.ext.example.", "A"), { ...arrival, steps });
    expect(steps).toEqual([
      {
        plugin: "k8s_external",
        text: "db-0.db.ns1.ext.example. has an external address",
        objects: ["Service ns1/db", "EndpointSlice ns1/db-1"],
      },
      { plugin: "k8s_external", text: "no Service has nope.ns1.ext.example. outside" },
    ]);
  });

  it("needs the plugin kubernetes", () => {
    expect(refusal(". {\nk8s_external a\n}")).toBe("plugin/k8s_external: kubernetes plugin not loaded");
  });
});
