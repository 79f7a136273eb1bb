import { fc, test } from "@fast-check/vitest";
import { addressWords, type IpAddress } from "@kubenetsim/core/net/address";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { type Random, seededRandom } from "@kubenetsim/core/runtime/random";
import { conntrackEntries } from "@kubenetsim/netfilter/engine/conntrack-entries";
import { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import { SharedNumbers } from "@kubenetsim/netfilter/engine/shared-numbers";
import { Tape, tapeKind } from "@kubenetsim/netfilter/engine/tape";
import { IpvsDirector } from "@kubenetsim/netfilter/ipvs/director";
import type { Ruleset } from "@kubenetsim/netfilter/ruleset/ruleset";
import type { VirtualServer } from "@kubenetsim/netfilter/ruleset/virtual-server";
import { parseIptablesSave } from "@kubenetsim/netfilter/text/iptables-parse";
import { parseNftCommands } from "@kubenetsim/netfilter/text/nft-command-parse";
import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";
import { expect } from "vitest";
import { node, pod } from "../../test-objects.ts";
import { Balancer } from "../balancer/balancer.ts";
import { formatTrace } from "../format/text.ts";
import { buildTopology } from "../topology/build.ts";
import type { Host } from "../topology/host.ts";
import { kernelDevices } from "../topology/kernel-devices.ts";
import { liveNames } from "../trace/kernel-names.ts";
import { Tracer } from "../trace/tracer.ts";
import type { DispositionCode } from "./disposition-code.ts";
import { type RememberingOptions, RememberingWalker } from "./remembering-walker.ts";
import { Walker } from "./walker.ts";

const pods = [
  pod("client", "node1", "10.244.1.200"),
  pod("a", "node1", "10.244.1.5", [80]),
  pod("b", "node2", "10.244.2.7", [80]),
  pod("c", "node3", "10.244.3.9", [80]),
];
const endpointAddresses = ["10.244.1.5", "10.244.2.7", "10.244.3.9", "10.244.2.66"];
const nodeNames = ["node1", "node2", "node3"];

interface Service {
  readonly endpoints: readonly string[];
  /** A rule of the Service's chain that makes its way hang on something else, or none. */
  readonly extra: string;
  readonly withNodePort: boolean;
}

interface Rules {
  readonly isNft: boolean;
  readonly services: readonly Service[];
  readonly isRandomFully: boolean;
  readonly policy: string;
}

const service: fc.Arbitrary<Service> = fc.record({
  endpoints: fc.subarray(endpointAddresses),
  extra: fc.oneof(
    { weight: 8, arbitrary: fc.constant("") },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        "-p tcp -m tcp --sport 40000:40001",
        "-p tcp -m tcp --sport 1024:65535",
        "-m statistic --mode nth --every 2 --packet 0",
        "-m statistic --mode random --probability 0.5",
        "-m recent --rcheck --seconds 10 --reap --name r --mask 255.255.255.255 --rsource",
        "! -s 10.244.0.0/16",
        "-m mark --mark 0x4000/0x4000",
      ),
    },
  ),
  withNodePort: fc.boolean(),
});

const rules: fc.Arbitrary<Rules> = fc.record({
  isNft: fc.boolean(),
  services: fc.array(service, { minLength: 2, maxLength: 2 }),
  isRandomFully: fc.integer({ min: 0, max: 4 }).map((value) => value === 0),
  policy: fc.constantFrom("ACCEPT", "ACCEPT", "ACCEPT", "DROP"),
});

/** kube-proxy's rules for Services 10.96.0.10, .11, … */
function textOf({ services, isRandomFully, policy }: Rules): string {
  const nat: string[] = [];
  const filter: string[] = [];
  const chains: string[] = [];
  for (const [i, { endpoints, extra, withNodePort }] of services.entries()) {
    const address = `10.96.0.${10 + i}/32`;
    if (endpoints.length === 0) {
      filter.push(`-A SERVICES -d ${address} -p tcp -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable`);
      continue;
    }
    chains.push(`SVC${i}`);
    nat.push(`-A SERVICES -d ${address} -p tcp -m tcp --dport 80 -j SVC${i}`);
    if (withNodePort) nat.push(`-A NODEPORTS -p tcp -m tcp --dport ${30080 + i} -j SVC${i}`);
    nat.push(`-A SVC${i} ! -s 10.244.0.0/16 -j MARKMASQ`);
    if (extra !== "") nat.push(`-A SVC${i} ${extra} -j MARKMASQ`);
    for (const [e, endpoint] of endpoints.entries()) {
      const left = endpoints.length - e;
      const chance = left > 1 ? `-m statistic --mode random --probability ${(1 / left).toFixed(10)} ` : "";
      chains.push(`SEP${i}-${e}`);
      nat.push(`-A SVC${i} ${chance}-j SEP${i}-${e}`, `-A SEP${i}-${e} -s ${endpoint}/32 -j MARKMASQ`);
      nat.push(`-A SEP${i}-${e} -p tcp -m tcp -j DNAT --to-destination ${endpoint}:80`);
    }
  }
  return `*filter
:INPUT ACCEPT [0:0]
:FORWARD ${policy} [0:0]
:OUTPUT ACCEPT [0:0]
:SERVICES - [0:0]
-A FORWARD -m conntrack --ctstate NEW -j SERVICES
-A OUTPUT -m conntrack --ctstate NEW -j SERVICES
-A FORWARD -d 10.244.0.0/16 -j ACCEPT
${filter.join("\n")}
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
${["SERVICES", "NODEPORTS", "MARKMASQ", ...chains].map((chain) => `:${chain} - [0:0]`).join("\n")}
-A PREROUTING -j SERVICES
-A OUTPUT -j SERVICES
-A POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A POSTROUTING -j MARK --set-xmark 0x4000/0x0
-A POSTROUTING -j MASQUERADE${isRandomFully ? " --random-fully" : ""}
-A MARKMASQ -j MARK --set-xmark 0x4000/0x4000
${nat.join("\n")}
-A SERVICES -m addrtype --dst-type LOCAL -j NODEPORTS
COMMIT
`;
}

/** The same for nft; what makes a way hang on something else is a set that packets fill, or the mark. */
function nftTextOf({ services, isRandomFully, policy }: Rules): string {
  const lines = [
    "add table ip k",
    "delete table ip k",
    "add table ip k",
    `add chain ip k forward { type filter hook forward priority 0 ; policy ${policy.toLowerCase()} ; }`,
    ...["prerouting", "output"].map((hook) => `add chain ip k ${hook} { type nat hook ${hook} priority -100 ; }`),
    "add chain ip k postrouting { type nat hook postrouting priority 100 ; }",
    "add chain ip k services",
    "add map ip k ips { type ipv4_addr . inet_proto . inet_service : verdict ; }",
    "add set ip k clients { type ipv4_addr ; flags dynamic,timeout ; timeout 10s ; }",
    "add rule ip k forward ip daddr 10.244.0.0/16 accept",
    "add rule ip k prerouting jump services",
    "add rule ip k output jump services",
    "add rule ip k services ip daddr . meta l4proto . th dport vmap @ips",
    `add rule ip k postrouting mark and 0x4000 != 0 mark set mark xor 0x4000 masquerade${isRandomFully ? " fully-random" : ""}`,
  ];
  for (const [i, { endpoints, extra, withNodePort }] of services.entries()) {
    const map = endpoints.map((endpoint, e) => `${e} : ${endpoint} . 80`).join(" , ");
    lines.push(`add chain ip k s${i}`, `add element ip k ips { 10.96.0.${10 + i} . tcp . 80 : goto s${i} }`);
    if (withNodePort)
      lines.push(`add rule ip k services fib daddr type local meta l4proto tcp th dport ${30080 + i} goto s${i}`);
    lines.push(`add rule ip k s${i} ip saddr != 10.244.0.0/16 mark set mark or 0x4000`);
    if (extra !== "")
      lines.push(
        `add rule ip k s${i} ${extra.includes("-p tcp") ? "update @clients { ip saddr }" : "mark 0x4000 drop"}`,
      );
    if (endpoints.length === 0) lines.push(`add rule ip k s${i} drop`);
    else
      lines.push(
        `add rule ip k s${i} meta l4proto tcp dnat ip addr . port to numgen random mod ${endpoints.length} map { ${map} }`,
      );
  }
  return lines.join("\n");
}

/** A network whose streams can be read from outside. */
class Lab {
  readonly kernels = new Map<string, Kernel>();
  readonly streams: Random[] = [];
  readonly clock = virtualClock();
  readonly walker: Walker;
  readonly tracer: Tracer;
  readonly hosts: readonly Host[];
  readonly directors = new Map<string, IpvsDirector>();
  readonly #loaded = new Map<string, Ruleset>();

  /** With `alike` the nodes' streams have the same seed, and are still streams of their own. */
  constructor(stateless: boolean, options: RememberingOptions | undefined, alike = false) {
    const targets = nodeNames.map((name) => ({
      name,
      addresses: [addressWords(`192.168.10.1${name.at(-1)}` as IpAddress)],
    }));
    const listeners = (["TCP", "UDP"] as const).flatMap((protocol) =>
      [80, 8080].map((port) => ({ protocol, port, targetPort: port, targets })),
    );
    const loadBalancers = [
      new Balancer({ name: "lb", addresses: ["203.0.113.10" as IpAddress], mode: "vip", listeners }),
    ];
    const topology = buildTopology({ nodes: [node(1), node(2), node(3)], pods, loadBalancers });
    const random = this.#kept(seededRandom("ways"));
    const numbers = new SharedNumbers();
    for (const [name, host] of topology.nodes) {
      const director = new IpvsDirector({ clock: this.clock, schedulers: ipvsSchedulers });
      const given = { clock: this.clock, devices: kernelDevices(host), numbers, director };
      const own = alike ? this.#kept(seededRandom("alike")) : random.fork(name);
      this.kernels.set(name, new Kernel({ random: own, ...given }));
      this.directors.set(name, director);
    }
    this.walker =
      options === undefined
        ? new Walker(topology, this.kernels, random, { stateless })
        : new RememberingWalker(topology, this.kernels, random, { ...options, stateless });
    const names = new Map([...topology.nodes].map(([name, host]) => [host, liveNames(this.kernels.get(name)!)]));
    this.tracer = new Tracer(this.walker, (host) => names.get(host), { seed: "ways", mode: "iptables" });
    this.hosts = [
      ...["client", "a", "b"].map((name) => topology.pods.get(`default/${name}`)!),
      topology.nodes.get("node1")!,
      topology.clients.get("ext1")!,
    ];
  }

  load(name: string, given: Rules): void {
    const kernel = this.kernels.get(name)!;
    const ruleset = parseIptablesSave(given.isNft ? "" : textOf(given));
    this.#loaded.set(name, ruleset);
    kernel.load(ruleset);
    const nft = given.isNft ? nftTextOf(given) : "add table ip k\ndelete table ip k";
    for (const transaction of parseNftCommands(nft)) kernel.applyNft(transaction);
  }

  request(from: Host, tape: Tape | null): DispositionCode {
    const { walker } = this;
    return walker instanceof RememberingWalker ? walker.request(from, tape) : walker.walkRequest(from, tape);
  }

  /** What befalls a node between packets. */
  change({ what, node, other }: Change): unknown {
    const kernel = this.kernels.get(node)!;
    if (what === "again") kernel.load(this.#loaded.get(node)!);
    else if (what === "take") kernel.takeRules(this.kernels.get(other)!);
    else if (what === "flush") kernel.flushConntrack();
    else if (what === "ipvs") this.directors.get(node)!.load([virtualServer]);
    else return this.counters(what === "copy" ? kernel.copy() : kernel);
  }

  counters(kernel: Kernel): unknown {
    return [kernel.ruleset("IPv4"), kernel.nftTables()];
  }

  write(send: Send): Host {
    const { packet } = this.walker;
    packet.bytes = send.bytes;
    const from = this.hosts[send.from]!;
    packet.protocol = send.protocol;
    packet.src0 = addressWords(sources[send.from]!)[0]!;
    packet.dst0 = addressWords(send.to as IpAddress)[0]!;
    packet.sourcePort = send.sourcePort;
    packet.destinationPort = send.port;
    packet.tcpFlags = send.flags;
    this.clock.advance(send.wait);
    return from;
  }

  /** Everything that a packet leaves behind. */
  end(disposition: DispositionCode): unknown {
    const { packet, receiver, process, arrived, reason, requestMeter, replyMeter, replyStart } = this.walker;
    const { fate, ...registers } = packet;
    const streams = this.streams.map((stream) => stream.state());
    const costs = [requestMeter.cost(), replyMeter.cost()];
    const connections = [...this.kernels.values()].map((kernel) =>
      conntrackEntries(kernel.conntrack("IPv4"), this.clock.nowMs),
    );
    return {
      connections,
      disposition,
      receiver: receiver.name,
      process,
      arrived,
      reason,
      costs,
      replyStart,
      registers,
      streams,
    };
  }

  #kept(random: Random): Random {
    this.streams.push(random);
    return { ...random, fork: (name) => this.#kept(random.fork(name)) };
  }
}

const sources = ["10.244.1.200", "10.244.1.5", "10.244.2.7", "192.168.10.11", "203.0.113.7"] as IpAddress[];

const send = fc.record({
  from: fc.nat({ max: sources.length - 1 }),
  to: fc.constantFrom("10.96.0.10", "10.96.0.10", "10.96.0.11", "192.168.10.12", "10.244.2.7", "203.0.113.10"),
  port: fc.constantFrom(80, 80, 80, 30080, 81),
  protocol: fc.constantFrom(6, 6, 6, 17),
  sourcePort: fc.integer({ min: 39999, max: 40003 }),
  flags: fc.constantFrom(2, 2, 2, 2, 2, 16),
  /** A connection that was not answered lives two minutes. */
  wait: fc.constantFrom(0, 0, 0, 1000, 120_000),
  how: fc.constantFrom("count", "count", "tape", "tape", "trace", "simulate"),
  bytes: fc.constantFrom(60, 60, 60, 1500),
});
type Send = typeof send extends fc.Arbitrary<infer T> ? T : never;

const virtualServer: VirtualServer = {
  protocol: "TCP",
  address: "10.96.0.11" as IpAddress,
  port: 80,
  scheduler: "rr",
  schedulerFlags: [],
  persistenceTimeout: undefined,
  persistenceNetmask: undefined,
  realServers: [],
  origin: undefined,
};

const newRules = fc.record({ node: fc.constantFrom(...nodeNames), rules });
const change = fc.record({
  what: fc.constantFrom("read", "read", "copy", "flush", "again", "take", "ipvs"),
  node: fc.constantFrom(...nodeNames),
  other: fc.constantFrom(...nodeNames),
});
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

const deeds = fc.array(
  fc.oneof({ weight: 20, arbitrary: send }, { weight: 1, arbitrary: newRules }, { weight: 2, arbitrary: change }),
  { minLength: 20, maxLength: 60 },
);

function carryOut(lab: Lab, deed: Send): unknown {
  const from = lab.write(deed);
  if (deed.how === "trace") {
    const text = formatTrace(lab.tracer.requestFrom(from));
    return [text, lab.end(lab.walker.reason as never)];
  }
  if (deed.how === "simulate") return lab.end(lab.walker.simulate(from, null));
  return lab.end(lab.request(from, deed.how === "tape" ? new Tape() : null));
}

const options = fc.constantFrom<RememberingOptions>({}, {}, { mostBranches: 7 }, { mostBranches: 1 });

test.prop([rules, options, fc.boolean(), fc.boolean(), fc.boolean(), deeds], { numRuns: 80 })(
  "a packet on a known way fares as one that walks",
  (first, chosen, stateless, alike, isBusy, all) => {
    const labs = [new Lab(stateless, undefined, alike), new Lab(stateless, chosen, alike)];
    for (const lab of labs) for (const name of nodeNames) lab.load(name, first);
    for (const deed of all) {
      if ("rules" in deed) for (const lab of labs) lab.load(deed.node, deed.rules);
      else if ("what" in deed) expect(labs[1]!.change(deed)).toEqual(labs[0]!.change(deed));
      else {
        for (let i = 0; i < (isBusy ? 3 : 1); i++) {
          const [honest, known] = labs.map((lab) => carryOut(lab, { ...deed, sourcePort: deed.sourcePort + i }));
          expect(known).toEqual(honest);
        }
      }
      expect((labs[1]!.walker as RememberingWalker).known.size).toBeLessThanOrEqual(chosen.mostBranches ?? 2 ** 17);
    }
    const [honest, known] = labs.map((lab) => [...lab.kernels.values()].map((kernel) => lab.counters(kernel)));
    expect(known).toEqual(honest);
  },
);

const web: Rules = {
  isNft: false,
  services: [{ endpoints: endpointAddresses.slice(0, 3), extra: "", withNodePort: true }],
  isRandomFully: false,
  policy: "ACCEPT",
};
const toWeb: Send = {
  from: 0,
  to: "10.96.0.10",
  port: 80,
  protocol: 6,
  sourcePort: 40000,
  flags: 2,
  wait: 0,
  how: "tape",
  bytes: 60,
};

function openWeb(stateless: boolean, given: Rules = web): Lab {
  const lab = new Lab(stateless, {});
  for (const name of nodeNames) lab.load(name, given);
  return lab;
}

/** How many of `count` packets went a known way, by their tapes. */
function knownOf(lab: Lab, count: number): number {
  const tape = new Tape();
  let known = 0;
  for (let i = 0; i < count; i++) {
    tape.rewind();
    lab.request(lab.write(toWeb), tape);
    if (tape.length === 1 && tape.words[0] === tapeKind.knownWay) known++;
  }
  return known;
}

test("each branch is walked once, and again after the rules have changed", () => {
  const lab = openWeb(true);
  expect(knownOf(lab, 200)).toBe(197);
  expect(knownOf(lab, 200)).toBe(200);
  lab.load("node1", web);
  expect(knownOf(lab, 200)).toBe(197);
  lab.kernels.get("node1")!.setDevices(lab.kernels.get("node1")!.devices);
  expect(knownOf(lab, 200)).toBe(197);
});

test("a number of nft is a branch each, until a set changes", () => {
  const lab = openWeb(true, { ...web, isNft: true });
  expect(knownOf(lab, 200)).toBe(197);
  const element = "add element ip k ips { 10.96.0.99 . tcp . 80 : drop }";
  const sets = new Map([["ip k ips", { type: ["ipv4_addr", "inet_proto", "inet_service"], data: "verdict" }]] as const);
  for (const transaction of parseNftCommands(element, { sets })) lab.kernels.get("node1")!.applyNft(transaction);
  expect(knownOf(lab, 200)).toBe(197);
});

test("a connection that is new goes a known way, one that is there walks", () => {
  const lab = openWeb(false);
  const tape = new Tape();
  const isKnown = (sourcePort: number): boolean => {
    tape.rewind();
    lab.request(lab.write({ ...toWeb, sourcePort }), tape);
    return tape.length === 1 && tape.words[0] === tapeKind.knownWay;
  };
  for (let port = 1; port <= 100; port++) isKnown(port);
  expect([isKnown(101), isKnown(101), isKnown(100), isKnown(102)]).toEqual([true, false, false, true]);
  expect(conntrackEntries(lab.kernels.get("node1")!.conntrack("IPv4"), 0)).toHaveLength(102);
});

test("a draw on a host behind another one is not made for a connection that only this one has forgotten", () => {
  const labs = [new Lab(false, undefined), new Lab(false, {})];
  const services = [{ ...web.services[0]!, endpoints: ["10.244.2.7", "10.244.2.66"] }];
  const ends = labs.map((lab) => {
    for (const name of nodeNames) lab.load(name, { ...web, services });
    const send = (sourcePort: number) =>
      carryOut(lab, { ...toWeb, to: "192.168.10.12", port: 30080, sourcePort, how: "count" });
    for (let port = 1; port <= 50; port++) send(port);
    lab.kernels.get("node1")!.flushConntrack();
    return [send(7), send(8), send(51)];
  });
  expect(ends[1]).toEqual(ends[0]);
});

test("nodes whose streams have the same seed draw each from its own", () => {
  const labs = [new Lab(true, undefined, true), new Lab(true, {}, true)];
  const ends = labs.map((lab) => {
    for (const name of nodeNames) lab.load(name, web);
    return Array.from({ length: 60 }, (_, i) => carryOut(lab, { ...toWeb, from: i % 3 === 0 ? 2 : 0, how: "count" }));
  });
  expect(ends[1]).toEqual(ends[0]);
});

test("what hangs on source ports is always walked", () => {
  const extra = "-p tcp -m tcp --sport 40000:40001";
  const services = [{ ...web.services[0]!, extra }];
  expect(knownOf(openWeb(true, { ...web, services }), 50)).toBe(0);
});

test("a packet of the other family is traced as it went", () => {
  const lab = openWeb(true);
  const { packet } = lab.walker;
  expect(lab.tracer.requestFrom(lab.write(toWeb)).disposition).toBe("delivered");
  packet.v6 = true;
  const trace = lab.tracer.requestFrom(lab.write(toWeb));
  expect([trace.disposition, trace.request.hops.length]).toEqual(["no-route", 2]);
});
