import { parseAddress } from "@kubenetsim/core/net/address";
import type { RecordType } from "@kubenetsim/dns/message/record-type";
import { reverseName } from "@kubenetsim/dns/message/reverse-name";
import type { DnsQuestion } from "./dns-case.ts";
import type { Draws } from "./draws.ts";
import type { KnownNames } from "./known-names.ts";
import { namespaces, ports, services, v4Address } from "./random-objects.ts";

const zone = "cluster.local.";
const types: readonly RecordType[] = [
  "A",
  "A",
  "A",
  "AAAA",
  "AAAA",
  "SRV",
  "SRV",
  "PTR",
  "TXT",
  "CNAME",
  "NS",
  "SOA",
  "MX",
  "ANY",
  "HINFO",
  "HTTPS",
  "DS",
  "CAA",
];

/** Mostly for what there is. */
export function randomQuestion(draw: Draws, known: KnownNames): DnsQuestion {
  const { name, type } = draw.onceIn(60)
    ? randomZone(draw)
    : draw.onceIn(3)
      ? randomName(draw)
      : knownName(draw, known);
  const edns = {
    udpSize: draw.one([0, 512, 600, 1232, 4096, 65535]),
    version: draw.onceIn(30) ? 1 : 0,
    do: draw.onceIn(3),
    cookie: draw.onceIn(4),
  };
  return {
    name: inAnyCase(draw, name),
    type,
    class: draw.onceIn(40) ? draw.one(["CH", "ANY", "HS"]) : "IN",
    opcode: draw.onceIn(60) ? draw.one(["NOTIFY", "STATUS", "UPDATE"]) : "QUERY",
    transport: type === "AXFR" || draw.onceIn(3) ? "tcp" : "udp",
    id: draw.below(0x10000),
    rd: !draw.onceIn(4),
    cd: draw.onceIn(8),
    ad: draw.onceIn(4),
    ...(draw.onceIn(3) && { edns }),
    ...(draw.onceIn(40) && { spoiled: spoiledPacket(draw) }),
  };
}

/** The id stays, by which the reply is known. */
function spoiledPacket(draw: Draws): NonNullable<DnsQuestion["spoiled"]> {
  const length = draw.one([12, 12 + draw.below(60), 12 + draw.below(60), 512, 512, 512]);
  const bytes = Array.from(
    { length: draw.below(4) },
    () => [2 + draw.below(60), draw.one([draw.below(256), draw.below(3)])] as const,
  );
  return { length, bytes };
}

interface Named {
  readonly name: string;
  readonly type: RecordType;
}

function randomZone(draw: Draws): Named {
  return {
    name: draw.one([zone, zone, "ext.example.", "in-addr.arpa.", "example.test.", "svc.cluster.local."]),
    type: "AXFR",
  };
}

function knownName(draw: Draws, { services: all, endpoints, ports: named, pods, addresses }: KnownNames): Named {
  const type = draw.one(types);
  const kind = draw.below(100);
  if (kind < 12)
    return { name: `${draw.one(["", "", "_http._tcp."])}big.ns1.svc.${zone}`, type: draw.one(["A", "SRV"]) };
  if (kind < 50) return { name: `${draw.one(all)}.svc.${zone}`, type };
  if (kind < 62 && endpoints.length > 0) return { name: `${draw.one(endpoints)}.svc.${zone}`, type };
  if (kind < 74 && named.length > 0)
    return { name: `${draw.one(named)}.svc.${zone}`, type: draw.onceIn(3) ? type : "SRV" };
  if (kind < 80) return { name: `${draw.one(pods)}.pod.${zone}`, type };
  if (kind < 92) return { name: reverseName(parseAddress(draw.one(addresses))!), type: draw.onceIn(5) ? type : "PTR" };
  if (kind < 96) return { name: `${draw.one(all)}.cool.test.`, type };
  return { name: `${draw.one(all)}.ext.example.`, type };
}

function randomName(draw: Draws): Named {
  const type = draw.one(types);
  const service = `${draw.one(services)}.${draw.one(namespaces)}.svc.${zone}`;
  const kind = draw.below(100);
  if (kind < 26) return { name: service, type };
  if (kind < 36) return { name: `${endpointName(draw)}.${service}`, type };
  if (kind < 48) return { name: `${portName(draw)}.${service}`, type: draw.onceIn(3) ? type : "SRV" };
  if (kind < 53)
    return {
      name: `${draw.one(["zone-a", "zone.c", "zzz"])}.${draw.one(["pin", "prefer", "foo"])}._zone.${service}`,
      type,
    };
  if (kind < 61) return { name: `${podName(draw)}.${draw.one(namespaces)}.pod.${zone}`, type };
  if (kind < 72) return { name: `${draw.onceIn(10) ? "x." : ""}${reverse(draw)}`, type: draw.onceIn(5) ? type : "PTR" };
  if (kind < 82) return { name: `${draw.one(shortNames)}${zone}`, type };
  if (kind < 90) return { name: `${draw.one(outsideNames)}${draw.onceIn(4) ? `ns1.svc.${zone}` : ""}`, type };
  return { name: draw.one(otherNames), type };
}

function endpointName(draw: Draws): string {
  return draw.one([
    "ep1",
    "ep2",
    "pod-0",
    "pod-1",
    v4Address(draw).replaceAll(".", "-"),
    "fd00--0",
    "fd00-1--1",
    "nope",
  ]);
}

function portName(draw: Draws): string {
  const [name, , protocol] = draw.one(ports);
  return `${draw.one(["_", "_", ""])}${name || "x"}.${draw.one(["_", "_", ""])}${protocol.toLowerCase()}`;
}

function podName(draw: Draws): string {
  return `${draw.onceIn(5) ? "x." : ""}${draw.one([v4Address(draw).replaceAll(".", "-"), "10-1-2-300", "fd00-1--1", "127-0-0-1", "web"])}`;
}

function reverse(draw: Draws): string {
  const address = draw.one([
    v4Address(draw),
    v4Address(draw),
    `10.96.${draw.below(7)}.${draw.below(9)}`,
    "fd00::",
    "fd00:1::1",
    "192.0.2.10",
    "10.9.9.9",
  ]);
  return reverseName(parseAddress(address)!);
}

const shortNames = [
  "",
  "svc.",
  "pod.",
  "ns1.svc.",
  "empty.svc.",
  "nope.svc.",
  "ns1.pod.",
  "ns.dns.",
  "dns.",
  "x.ns.dns.",
  "dns-version.",
  "foo.",
  "big.ns1.svc.",
  "big.ns1.svc.",
  "_http._tcp.big.ns1.svc.",
];
const outsideNames = [
  "www.example.test.",
  "example.com.",
  "big.test.",
  "x.alias.test.",
  "servfail.test.",
  "mail.test.",
  "nope.",
  "host.test.",
];
const otherNames = [
  ".",
  "web.default.cool.test.",
  "web.in.test.",
  "web.example.test.",
  "alias.example.test.",
  "out.example.test.",
  "a.wild.example.test.",
  "x.sub.example.test.",
  "example.test.",
  "_http._tcp.example.test.",
  "nope.example.test.",
  "ext.example.",
  "web.default.ext.example.",
  "api.ns1.ext.example.",
  "ep1.head.ns1.ext.example.",
  "_http._tcp.web.ns1.ext.example.",
  "top.ext.example.",
  "ns1.top.ext.example.",
  "ns1.dns.ext.example.",
  "in-addr.arpa.",
  "10.in-addr.arpa.",
  "ip6.arpa.",
  "localhost.",
];

function inAnyCase(draw: Draws, name: string): string {
  if (!draw.onceIn(6)) return name;
  return [...name].map((letter) => (draw.onceIn(2) ? letter.toUpperCase() : letter)).join("");
}
