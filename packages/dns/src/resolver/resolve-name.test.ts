import type { IpAddress } from "@kubenetsim/core/net/address";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { describe, expect, it } from "vitest";
import { type DnsMessage, replyTo } from "../message/dns-message.ts";
import type { Rcode } from "../message/rcode.ts";
import type { ResourceRecord } from "../message/resource-record.ts";
import type { Exchange } from "../plugins/plugin.ts";
import type { Libc, Resolution, ResolverSurroundings, SentQuery } from "./resolution.ts";
import { resolveName } from "./resolve-name.ts";

const kubeadm =
  "search ns1.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n";
const withHostDomain = kubeadm.replace("cluster.local\n", "cluster.local corp.example\n");

const known: Readonly<Record<string, string>> = {
  "web.ns1.svc.cluster.local.": "10.96.7.1",
  "example.com.": "93.184.216.34",
  "a.b.c.d.example.com.": "93.184.216.35",
};

function answer(query: DnsMessage, rcode: Rcode, answers: readonly ResourceRecord[] = []): Exchange {
  const reply = replyTo(query, rcode);
  return { kind: "answered", tookMs: 1, message: { ...reply, flags: { ...reply.flags, aa: true }, answers } };
}

/** Knows IPv4 addresses of some names. */
function server({ message }: SentQuery): Exchange {
  const { name, type } = message.questions[0]!;
  const address = known[name];
  if (address === undefined) return answer(message, "NXDOMAIN");
  return answer(message, "NOERROR", type === "A" ? [{ name, type, class: "IN", ttl: 30, address }] : []);
}

function lookUp(libc: Libc, name: string, changes: Partial<ResolverSurroundings> = {}): Resolution {
  return resolveName(name, {
    libc,
    resolvConf: kubeadm,
    hosts: "",
    usableFamilies: ["IPv4"],
    random: seededRandom("resolver"),
    exchange: server,
    ...changes,
  });
}

describe("the number of queries, as measured with glibc 2.36 and musl 1.2.3", () => {
  it.each([
    ["example.com", kubeadm, 8, 8],
    ["example.com", withHostDomain, 10, 10],
    ["example.com.", kubeadm, 2, 2],
    ["web", kubeadm, 2, 2],
    ["web.ns1", kubeadm, 4, 4],
    ["web.ns1.svc", kubeadm, 6, 6],
    ["web.ns1.svc.cluster.local", kubeadm, 8, 8],
    ["web.ns1.svc.cluster.local.", kubeadm, 2, 2],
    ["a.b.c.d.example.com", kubeadm, 2, 2],
    ["a.b.c.d.e.example.com", kubeadm, 8, 2],
    ["nope", kubeadm, 8, 8],
    ["web.ns1", kubeadm.replace("ndots:5", "ndots:1"), 6, 2],
  ])("%s", (name, resolvConf, glibc, musl) => {
    expect(lookUp("glibc", name, { resolvConf }).queries).toHaveLength(glibc);
    expect(lookUp("musl", name, { resolvConf }).queries).toHaveLength(musl);
  });

  it("is half with one family", () => {
    expect(lookUp("glibc", "web.ns1", { families: ["IPv4"] }).queries).toHaveLength(2);
    expect(lookUp("musl", "web.ns1", { families: ["IPv4"] }).queries).toHaveLength(2);
  });

  it("depends on the first NODATA: glibc goes on, musl stops", () => {
    const exchange = (query: SentQuery): Exchange =>
      query.message.questions[0]!.name.endsWith("ns1.svc.cluster.local.")
        ? answer(query.message, "NOERROR")
        : answer(query.message, "NXDOMAIN");
    const [glibc, musl] = [lookUp("glibc", "empty", { exchange }), lookUp("musl", "empty", { exchange })];
    expect([glibc.queries.length, glibc.error]).toEqual([8, "EAI_NODATA"]);
    expect([musl.queries.length, musl.error]).toEqual([2, "EAI_NODATA"]);
  });

  it("depends on SERVFAIL: glibc asks again and goes on, musl asks thrice each and again, and stops", () => {
    const exchange = ({ message }: SentQuery): Exchange => answer(message, "SERVFAIL");
    const [glibc, musl] = [lookUp("glibc", "web", { exchange }), lookUp("musl", "web", { exchange })];
    expect([glibc.queries.length, glibc.error]).toEqual([16, "EAI_AGAIN"]);
    expect([musl.queries.length, musl.error]).toEqual([12, "EAI_AGAIN"]);
    expect(new Set(musl.queries.map(({ message }) => message.questions[0]!.name)).size).toBe(1);
  });

  it("is doubled by a second server with musl alone", () => {
    const resolvConf = `${kubeadm}nameserver 10.96.0.11\n`;
    expect(lookUp("glibc", "web", { resolvConf }).queries).toHaveLength(2);
    expect(lookUp("musl", "web", { resolvConf }).queries).toHaveLength(4);
  });
});

describe("what is no name", () => {
  it.each([
    "a..b",
    "",
    "..",
    "x".repeat(64),
    `${"a.".repeat(130)}a`,
    "w\u00e9b",
    "web web",
    "a\\.b",
    "\\",
    "-a",
    "a.b..",
    ".a",
    "web..",
  ])("is not asked for by glibc, as measured with 2.36: %s", (name) => {
    expect(lookUp("glibc", name)).toMatchObject({ error: "EAI_NONAME", queries: [] });
  });

  it.each([
    [".", 2],
    ["_x._y.z", 8],
    ["x".repeat(63), 8],
    ["web.", 2],
  ])("is asked for by glibc where it is odd only: %s", (name, queries) => {
    expect(lookUp("glibc", name).queries).toHaveLength(queries);
  });

  it("is asked for by musl if its labels have a length", () => {
    for (const name of ["a..b", "", ".", "..", "x".repeat(64), ".a", "web.."]) {
      expect(lookUp("musl", name)).toMatchObject({ error: "EAI_NONAME", queries: [] });
    }
    const asked = (name: string): string => lookUp("musl", name).queries.at(-1)!.message.questions[0]!.name;
    expect(["w\u00e9b", "web web", "a\\.b", "-a"].map(asked)).toEqual([
      "w\\195\\169b.",
      "web\\ web.",
      "a\\\\.b.",
      "-a.",
    ]);
  });

  it("may be an address in an old form", () => {
    const address = (name: string): string | undefined => lookUp("glibc", name).addresses[0];
    expect(["10.1", "127.0x1", "012.0.1", "2130706433"].map(address)).toEqual([
      "10.0.0.1",
      "127.0.0.1",
      "10.0.0.1",
      "127.0.0.1",
    ]);
    for (const name of ["10.256.1", "1.2.3.4.5", "08.1"]) expect(lookUp("glibc", name).source).toBe("dns");
  });
});

describe("a server that does not answer", () => {
  const resolvConf = `${kubeadm}options timeout:1 attempts:2\n`;
  const silent = (): Exchange => ({ kind: "timeout", tookMs: 60_000 });
  const families = ["IPv4"] as const;

  it("is asked again after a second by glibc, after half of it by musl", () => {
    const glibc = lookUp("glibc", "web.", { resolvConf, exchange: silent, families });
    expect(glibc.queries.map(({ atMs }) => atMs)).toEqual([0, 1000]);
    expect([glibc.error, glibc.tookMs]).toEqual(["EAI_AGAIN", 2000]);
    const musl = lookUp("musl", "web.", { resolvConf, exchange: silent, families });
    expect(musl.queries.map(({ atMs }) => atMs)).toEqual([0, 500]);
    expect([musl.error, musl.tookMs]).toEqual(["EAI_AGAIN", 1000]);
  });

  it("ends glibc's search, but for the name as it is", () => {
    const { queries } = lookUp("glibc", "web", { resolvConf, exchange: silent, families });
    expect(queries.map(({ message }) => message.questions[0]!.name)).toEqual([
      "web.ns1.svc.cluster.local.",
      "web.ns1.svc.cluster.local.",
      "web.",
      "web.",
    ]);
  });

  it("is given up at once by glibc where the port is closed; musl does not hear of that", () => {
    const exchange = (): Exchange => ({ kind: "refused", tookMs: 0 });
    const glibc = lookUp("glibc", "web", { exchange });
    expect([glibc.queries.length, glibc.tookMs, glibc.error]).toEqual([4, 0, "EAI_AGAIN"]);
    expect(lookUp("musl", "web", { exchange }).tookMs).toBe(5000);
  });

  it("is followed by the next one, which gets its share of twice the time", () => {
    const two = `nameserver 10.0.0.1\nnameserver 10.0.0.2\n`;
    const { queries } = lookUp("glibc", "web.", { resolvConf: two, exchange: silent, families });
    expect(queries.map(({ server: address, atMs }) => [address, atMs])).toEqual([
      ["10.0.0.1", 0],
      ["10.0.0.2", 5000],
      ["10.0.0.1", 10_000],
      ["10.0.0.2", 15_000],
    ]);
  });
});

describe("the sockets of a pair", () => {
  const sockets = (changes: Partial<ResolverSurroundings> & { options?: string }): number[] =>
    lookUp("glibc", "web", { ...changes, resolvConf: `${kubeadm}options ${changes.options ?? ""}\n` }).queries.map(
      ({ socket }) => socket,
    );

  it("are one for both, another for each name, and two with single-request-reopen", () => {
    expect(sockets({})).toEqual([1, 1]);
    expect(sockets({ options: "single-request-reopen" })).toEqual([1, 2]);
    expect(lookUp("glibc", "web.ns1").queries.map(({ socket }) => socket)).toEqual([1, 1, 2, 2]);
  });

  it("are the same again after a timeout, others after a refusal", () => {
    const silent = (): Exchange => ({ kind: "timeout", tookMs: 60_000 });
    const refused = (): Exchange => ({ kind: "refused", tookMs: 0 });
    const families = ["IPv4"] as const;
    const asked = (exchange: () => Exchange): number[] =>
      lookUp("glibc", "web.", { exchange, families }).queries.map(({ socket }) => socket);
    expect([asked(silent), asked(refused)]).toEqual([
      [1, 1],
      [1, 2],
    ]);
  });

  it("are asked one after the other, and then two, where only one answer comes", () => {
    let asked = 0;
    const exchange = (query: SentQuery): Exchange =>
      ++asked % 2 === 0 ? { kind: "timeout", tookMs: 60_000 } : server(query);
    const found = lookUp("glibc", "web", { exchange });
    expect(found.addresses).toEqual(["10.96.7.1"]);
    expect(found.queries.map(({ socket }) => socket)).toEqual([1, 1, 1, 1, 2, 3]);
    expect(found.tookMs).toBe(5000 + 2 * 5001);
  });
});

describe("other ways to a name", () => {
  it("is no query for an address and for what stands in /etc/hosts", () => {
    const hosts = "127.0.0.1 localhost\n192.168.1.10\tweb.aliangedu.cn web # of the course\n::1 localhost\n";
    expect(lookUp("glibc", "10.1.2.3")).toMatchObject({ source: "address", addresses: ["10.1.2.3"], queries: [] });
    expect(lookUp("musl", "Web.AliangEdu.cn", { hosts })).toMatchObject({
      source: "files",
      addresses: ["192.168.1.10"],
      queries: [],
    });
    expect(lookUp("glibc", "localhost", { hosts }).addresses).toEqual(["127.0.0.1", "::1"]);
  });

  it("goes over TCP where the answer is cut", () => {
    const exchange = (query: SentQuery): Exchange => {
      const answered = server(query);
      if (query.transport === "tcp" || answered.kind !== "answered") return answered;
      const { message } = answered;
      return { ...answered, message: { ...message, answers: [], flags: { ...message.flags, tc: true } } };
    };
    const glibc = lookUp("glibc", "web", { exchange });
    expect(glibc.addresses).toEqual(["10.96.7.1"]);
    expect(glibc.queries.map(({ transport }) => transport)).toEqual(["udp", "udp", "tcp", "tcp"]);
    const musl = lookUp("musl", "web", { exchange });
    expect(musl.addresses).toEqual(["10.96.7.1"]);
    expect(musl.queries.map(({ transport }) => transport)).toEqual(["udp", "tcp", "udp", "tcp"]);
    expect(lookUp("glibc", "web", { resolvConf: `${kubeadm}options use-vc\n` }).queries[0]?.transport).toBe("tcp");
  });

  it("tries each server once over TCP, with glibc", () => {
    const resolvConf = "nameserver 10.0.0.1\nnameserver 10.0.0.2\noptions use-vc attempts:3\n";
    const exchange = (): Exchange => ({ kind: "refused", tookMs: 0 });
    const { queries, error } = lookUp("glibc", "web.", { resolvConf, exchange, families: ["IPv4"] });
    expect([queries.map(({ server: address }) => address), error]).toEqual([["10.0.0.1", "10.0.0.2"], "EAI_AGAIN"]);
  });

  it("has the family first that the host can use", () => {
    const exchange = ({ message }: SentQuery): Exchange => {
      const { name, type } = message.questions[0]!;
      const address = type === "A" ? "10.0.0.1" : "fd00::1";
      return answer(message, "NOERROR", [{ name, type: type === "A" ? "A" : "AAAA", class: "IN", ttl: 5, address }]);
    };
    expect(lookUp("glibc", "web", { exchange }).addresses).toEqual(["10.0.0.1", "fd00::1"]);
    const usableFamilies = ["IPv4", "IPv6"] as const;
    expect(lookUp("glibc", "web", { exchange, usableFamilies }).addresses).toEqual(["fd00::1", "10.0.0.1"]);
  });

  it("starts with any server under rotate, with glibc alone", () => {
    const resolvConf = `nameserver 10.0.0.1\nnameserver 10.0.0.2\noptions rotate\n`;
    const first = (libc: Libc, seed: string): IpAddress =>
      lookUp(libc, "web.", { resolvConf, random: seededRandom(seed) }).queries[0]!.server;
    const seeds = Array.from({ length: 20 }, (_, index) => `seed ${index}`);
    expect(new Set(seeds.map((seed) => first("glibc", seed)))).toEqual(new Set(["10.0.0.1", "10.0.0.2"]));
    expect(new Set(seeds.map((seed) => first("musl", seed)))).toEqual(new Set(["10.0.0.1"]));
  });

  it("goes on to the next server with each name under rotate, as measured with glibc 2.36", () => {
    const resolvConf =
      "nameserver 10.0.0.1\nnameserver 10.0.0.2\nsearch a.test b.test c.test\noptions rotate ndots:5\n";
    const asked = lookUp("glibc", "nope", { resolvConf, families: ["IPv4"] }).queries.map(
      ({ server: address }) => address,
    );
    expect(asked[0]).not.toBe(asked[1]);
    expect(asked).toEqual([asked[0], asked[1], asked[0], asked[1]]);
  });

  it("ends the search at a name that is too long, and tries it as it is, with glibc", () => {
    const long = ["a", "b", "c"].map((letter) => letter.repeat(60)).join(".");
    const resolvConf = `nameserver 10.0.0.1\nsearch a.test ${"d".repeat(40)}.${"e".repeat(40)} b.test\noptions ndots:5\n`;
    const asked = lookUp("glibc", long, { resolvConf, families: ["IPv4"] }).queries;
    expect(asked.map(({ message }) => message.questions[0]!.name)).toEqual([`${long}.a.test.`, `${long}.`]);
  });

  it("asks nobody with attempts:0, with glibc alone", () => {
    const resolvConf = `${kubeadm}options attempts:0\n`;
    expect(lookUp("glibc", "web", { resolvConf })).toMatchObject({ error: "EAI_AGAIN", queries: [] });
    expect(lookUp("musl", "web", { resolvConf }).queries).toHaveLength(2);
  });

  it("searches the host's own domain where there is no search list, with glibc alone", () => {
    const resolvConf = "nameserver 10.0.0.1\n";
    const first = (libc: Libc): string =>
      lookUp(libc, "web4", { resolvConf, hostname: "pod.dom.test" }).queries[0]!.message.questions[0]!.name;
    expect([first("glibc"), first("musl")]).toEqual(["web4.dom.test.", "web4."]);
  });

  it("has unique local addresses behind IPv4 with musl", () => {
    const hosts = "fd00::1 web\n10.0.0.1 web\n2001:db8::1 web\n";
    const usableFamilies = ["IPv4", "IPv6"] as const;
    expect(lookUp("musl", "web", { hosts, usableFamilies }).addresses).toEqual(["2001:db8::1", "10.0.0.1", "fd00::1"]);
    expect(lookUp("glibc", "web", { hosts, usableFamilies }).addresses).toEqual(["fd00::1", "2001:db8::1", "10.0.0.1"]);
  });

  it("gives a long search list to glibc alone", () => {
    const domains = Array.from({ length: 32 }, (_, index) => `domain-${index}.example`);
    const resolvConf = `nameserver 10.96.0.10\nsearch ${domains.join(" ")}\n`;
    expect(lookUp("glibc", "nope", { resolvConf }).queries).toHaveLength(66);
    expect(lookUp("musl", "nope", { resolvConf }).queries).toHaveLength(2);
  });
});
