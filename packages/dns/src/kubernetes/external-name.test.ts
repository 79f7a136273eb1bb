import { seededRandom } from "@kubenetsim/core/runtime/random";
import { StoredObjects, storedNamespace, storedServiceOf } from "@kubenetsim/testing/dns-objects";
import { describe, expect, it } from "vitest";
import { parseCorefile } from "../corefile/parse-corefile.ts";
import { type DnsMessage, queryFor, replyTo } from "../message/dns-message.ts";
import type { RecordType } from "../message/record-type.ts";
import type { ResourceRecord } from "../message/resource-record.ts";
import { DnsServer } from "../server/dns-server.ts";

const alias = (name: string, externalName: string): ReturnType<typeof storedServiceOf> =>
  storedServiceOf(`ns/${name}`, { type: "ExternalName", externalName });

const objects = new StoredObjects([
  storedNamespace("ns"),
  storedServiceOf("ns/web", { clusterIPs: ["10.96.0.1"], ports: [{ name: "http", port: 80, protocol: "TCP" }] }),
  alias("inside", "Web.ns.svc.cluster.local."),
  alias("twice", "inside.ns.svc.cluster.local"),
  alias("broken", "nope.ns.svc.cluster.local"),
  alias("below", "x.below.ns.svc.cluster.local"),
  alias("itself", "itself.ns.svc.cluster.local"),
  alias("here", "there.ns.svc.cluster.local"),
  alias("there", "here.ns.svc.cluster.local"),
  alias("zone", "cluster.local"),
  alias("literal", "192.0.2.1"),
  alias("outside", "www.example"),
  alias("large", "large.example"),
  alias("missing", "missing.example"),
  alias("silent", "silent.example"),
]);

/** A server outside, which knows `www.example`, and of `large.example` only that it is too much for one message. */
function outside(query: DnsMessage): DnsMessage {
  const { name, type } = query.questions[0]!;
  if (name === "missing.example.") return replyTo(query, "NXDOMAIN");
  const address: ResourceRecord = { name, type: "A", class: "IN", ttl: 60, address: "192.0.2.80" };
  const reply = { ...replyTo(query), answers: type === "A" ? [address] : [] };
  return { ...reply, flags: { ...reply.flags, tc: name === "large.example." } };
}

const server = DnsServer.start(
  parseCorefile(". {\nkubernetes cluster.local {\n ttl 30\n}\nforward . 192.0.2.53\n}\n"),
  {
    state: objects.state,
    nowMs: 0,
    random: seededRandom("aliases"),
    addresses: [],
    readFile: () => undefined,
    exchange: (_address, _port, _transport, query) =>
      query.questions[0]!.name === "silent.example."
        ? { kind: "timeout", tookMs: 2000 }
        : { kind: "answered", message: outside(query), tookMs: 7 },
    log: () => {},
  },
);
const arrival = { client: "10.244.1.9", clientPort: 40000, transport: "udp", port: 53, nowMs: 0 } as const;
const ask = (name: string, type: RecordType): DnsMessage =>
  server.answer(queryFor(1, `${name}.ns.svc.cluster.local.`, type), arrival)!;

/** The data of the answer's records, or the code and AA where there is none. */
function said(name: string, type: RecordType): string[] {
  const { rcode, answers, flags } = ask(name, type);
  if (answers.length === 0) return [rcode, flags.aa ? "aa" : ""];
  return answers.map((record) =>
    "target" in record ? record.target : "address" in record ? record.address : record.type,
  );
}

describe("an alias (ExternalName)", () => {
  it.each([
    ["inside", "A", ["Web.ns.svc.cluster.local.", "10.96.0.1"]],
    ["inside", "AAAA", ["NOERROR", "aa"]],
    ["inside", "CNAME", ["Web.ns.svc.cluster.local."]],
    ["inside", "SRV", ["NOERROR", "aa"]],
    ["inside", "TXT", ["NOERROR", "aa"]],
    ["inside", "MX", ["NOERROR", "aa"]],
    ["twice", "A", ["inside.ns.svc.cluster.local.", "Web.ns.svc.cluster.local.", "10.96.0.1"]],
    ["x.inside", "A", ["NXDOMAIN", "aa"]],
    ["_http._tcp.inside", "SRV", ["NXDOMAIN", "aa"]],
    ["broken", "A", ["NOERROR", "aa"]],
    ["broken", "CNAME", ["nope.ns.svc.cluster.local."]],
    ["below", "A", ["NOERROR", "aa"]],
    ["itself", "A", ["NOERROR", "aa"]],
    ["itself", "CNAME", ["itself.ns.svc.cluster.local."]],
    ["here", "A", ["NOERROR", "aa"]],
    ["zone", "A", ["NOERROR", "aa"]],
    ["literal", "A", ["NXDOMAIN", "aa"]],
    ["literal", "CNAME", ["NXDOMAIN", "aa"]],
    ["outside", "A", ["www.example.", "192.0.2.80"]],
    ["outside", "AAAA", ["www.example."]],
    ["missing", "A", ["missing.example."]],
  ] as const)("%s %s", (name, type, expected) => {
    expect(said(name, type)).toEqual(expected);
  });

  it("of what does not exist outside, or gives no answer, stands all the same", () => {
    expect(ask("missing", "A")).toMatchObject({ rcode: "NOERROR", flags: { aa: true } });
    expect(ask("silent", "A").answers).toMatchObject([{ type: "CNAME", target: "silent.example.", ttl: 30 }]);
  });

  it("of an answer that was cut is cut itself", () => {
    expect(ask("large", "A").flags.tc).toBe(true);
    expect(ask("outside", "A").flags.tc).toBe(false);
  });

  it("takes as long as what was asked outside", () => {
    const response = (name: string): number | undefined =>
      server.respond(queryFor(1, `${name}.ns.svc.cluster.local.`, "A"), arrival)!.tookMs;
    expect(response("outside")).toBe(7);
    expect(response("silent")).toBeGreaterThanOrEqual(2000);
    expect(response("web") ?? 0).toBe(0);
  });
});
