import { parseAddressWords } from "@kubenetsim/core/net/address";
import { type Clock, virtualClock } from "@kubenetsim/core/runtime/clock";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { describe, expect, test } from "vitest";
import { parseIptablesSave } from "../../text/iptables-parse.ts";
import { parseNftCommands } from "../../text/nft-command-parse.ts";
import { printNftList } from "../../text/nft-list-print.ts";
import { type Hook, hook } from "../hook.ts";
import { rejectionName } from "../icmp-error.ts";
import { Kernel } from "../kernel.ts";
import type { KernelOptions } from "../kernel-options.ts";
import { Meter } from "../meter.ts";
import { Packet } from "../packet.ts";
import { verdict } from "../verdict.ts";

function kernelWith(rules: string, options: Partial<KernelOptions> = {}): Kernel {
  const devices = [
    { name: "lo", addresses: [] },
    { name: "eth0", addresses: ["192.168.10.11/24"] },
  ];
  const kernel = new Kernel({ random: seededRandom("nft"), clock: virtualClock(), devices, ...options });
  apply(kernel, rules);
  return kernel;
}

function apply(kernel: Kernel, rules: string): void {
  for (const transaction of parseNftCommands(`add table ip t\n${rules}`)) kernel.applyNft(transaction);
}

interface Sent {
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

let sourcePort = 1024;

function packetOf({ from = "10.0.0.1", to = "10.96.0.1", port = 80 }: Partial<Sent> = {}): Packet {
  const packet = new Packet();
  packet.protocol = 6;
  packet.src0 = parseAddressWords(from)![0]!;
  packet.dst0 = parseAddressWords(to)![0]!;
  packet.sourcePort = sourcePort++;
  packet.destinationPort = port;
  packet.inDevice = 1;
  packet.outDevice = 1;
  return packet;
}

function send(kernel: Kernel, at: Hook = hook.FORWARD, sent: Partial<Sent> = {}): number {
  return kernel.runHook(at, packetOf(sent), new Meter(), null);
}

/** Packets of every counter in a chain. */
function counted(kernel: Kernel, chain: string): number[] {
  const rules = kernel.nftTable("ip", "t")!.chains.get(chain)!.rules;
  return rules.flatMap(({ statements }) =>
    statements.flatMap((one) => (one.kind === "counter" ? [one.packets ?? 0] : [])),
  );
}

const forward = (name: string, priority: number, more = ""): string =>
  `add chain ip t ${name} { type filter hook forward priority ${priority} ; ${more}}`;

describe("base chains of one hook", () => {
  test("accept ends one of them, drop all", () => {
    const kernel = kernelWith(`${forward("a", 0)}\n${forward("b", 1)}\n${forward("c", 2)}
add rule ip t a counter accept
add rule ip t a counter drop
add rule ip t b counter drop
add rule ip t c counter`);
    expect(send(kernel)).toBe(verdict.drop);
    expect([counted(kernel, "a"), counted(kernel, "b"), counted(kernel, "c")]).toEqual([[1, 0], [1], [0]]);
  });

  test("run by priority, the newest first where it is the same", () => {
    const mark = (chain: string, bit: number) =>
      `add rule ip t ${chain} mark 0x${bit.toString(16)} counter\nadd rule ip t ${chain} mark set 0x${(bit + 1).toString(16)}`;
    const kernel = kernelWith(`${forward("late", 10)}\n${forward("old", 0)}\n${forward("new", 0)}
${mark("new", 0)}\n${mark("old", 1)}\n${mark("late", 2)}`);
    expect(send(kernel)).toBe(verdict.accept);
    expect([counted(kernel, "new"), counted(kernel, "old"), counted(kernel, "late")]).toEqual([[1], [1], [1]]);
  });

  test("a policy stands behind the last rule and behind return", () => {
    const kernel = kernelWith(`${forward("a", 0, "policy drop ; ")}
add rule ip t a ip saddr 10.0.0.1 accept
add rule ip t a ip saddr 10.0.0.2 return
add rule ip t a ip saddr 10.0.0.2 accept`);
    expect(["10.0.0.1", "10.0.0.2", "10.0.0.3"].map((from) => send(kernel, hook.FORWARD, { from }))).toEqual([
      verdict.accept,
      verdict.drop,
      verdict.drop,
    ]);
  });

  test("a rejected packet says how, in iptables' words", () => {
    const kernel = kernelWith(`${forward("a", 0)}\nadd rule ip t a reject with icmp type host-unreachable`);
    const packet = packetOf({});
    expect(kernel.runHook(hook.FORWARD, packet, new Meter(), null)).toBe(verdict.reject);
    expect(rejectionName(packet.rejection)).toBe("icmp-host-unreachable");
  });
});

describe("jump and goto", () => {
  const rules = (how: string) => `${forward("a", 0)}
add chain ip t b
add chain ip t c
add rule ip t a jump b
add rule ip t a counter
add rule ip t b ${how} c
add rule ip t b counter
add rule ip t c return`;

  test("jump comes back to its chain, goto to the one that jumped last", () => {
    for (const how of ["jump", "goto"]) {
      const kernel = kernelWith(rules(how));
      send(kernel);
      expect([counted(kernel, "a"), counted(kernel, "b")]).toEqual([[1], [how === "jump" ? 1 : 0]]);
    }
  });

  test("goto from a base chain ends with its policy", () => {
    const kernel = kernelWith(`${forward("a", 0, "policy drop ; ")}
add chain ip t b
add rule ip t a goto b
add rule ip t a accept
add rule ip t b counter`);
    expect(send(kernel)).toBe(verdict.drop);
  });

  test("a circle is refused when a packet runs into it", () => {
    const kernel = kernelWith(`${forward("a", 0)}
add chain ip t b
add rule ip t a jump b
add rule ip t b jump b`);
    expect(() => send(kernel)).toThrow(ParseError);
  });
});

describe("among iptables' tables", () => {
  const iptables = `*nat
:PREROUTING ACCEPT [0:0]
-A PREROUTING -d 10.96.0.1/32 -j DNAT --to-destination 10.0.0.9:8080
COMMIT
*filter
:FORWARD ACCEPT [0:0]
-A FORWARD -d 10.0.0.9/32 -j ACCEPT
COMMIT
`;
  const nft = `add chain ip t pre { type nat hook prerouting priority -100 ; }
${forward("fwd", 0)}
add rule ip t pre counter
add rule ip t fwd counter drop`;

  // Linux 6.18 with iptables-legacy does this: the counters rose so in a network namespace.
  test("nat's first decision holds, and the newest chain of a priority is asked first", () => {
    for (const isNftFirst of [true, false]) {
      const kernel = kernelWith("");
      if (isNftFirst) apply(kernel, nft);
      kernel.load(parseIptablesSave(iptables));
      if (!isNftFirst) apply(kernel, nft);
      const packet = packetOf();
      kernel.runHook(hook.PREROUTING, packet, new Meter(), null);
      expect(packet.destinationPort).toBe(8080);
      expect(counted(kernel, "pre")).toEqual([isNftFirst ? 0 : 1]);
      expect(kernel.runHook(hook.FORWARD, packet, new Meter(), null)).toBe(verdict.drop);
      const accepted = kernel.ruleset("IPv4").tables.get("filter")!.chains.get("FORWARD")!.rules[0]!;
      expect(accepted.counters?.packets ?? 0).toBe(isNftFirst ? 1 : 0);
    }
  });

  test("nat chains are asked for a connection's first packet alone", () => {
    const kernel = kernelWith(`add chain ip t pre { type nat hook prerouting priority -100 ; }
add chain ip t post { type nat hook postrouting priority 100 ; }
add rule ip t pre counter dnat to 10.0.0.9:8080
add rule ip t post counter`);
    const first = packetOf();
    for (const packet of [first, Object.assign(packetOf(), { sourcePort: first.sourcePort })]) {
      kernel.runHook(hook.PREROUTING, packet, new Meter(), null);
      kernel.runHook(hook.POSTROUTING, packet, new Meter(), null);
      expect(packet.destinationPort).toBe(8080);
    }
    expect([counted(kernel, "pre"), counted(kernel, "post")]).toEqual([[1], [1]]);
  });

  test("before the destination is rewritten stands what has a lower priority, behind it the rest", () => {
    const kernel = kernelWith(`add chain ip t early { type filter hook prerouting priority -110 ; }
add chain ip t nat { type nat hook prerouting priority -100 ; }
add chain ip t late { type filter hook prerouting priority -90 ; }
add rule ip t early ip daddr 10.96.0.1 counter
add rule ip t nat dnat to 10.0.0.9:8080
add rule ip t late ct status dnat ip daddr 10.0.0.9 counter`);
    send(kernel, hook.PREROUTING);
    expect([counted(kernel, "early"), counted(kernel, "late")]).toEqual([[1], [1]]);
  });
});

describe("sets that rules fill", () => {
  const affinity = `${forward("a", 0)}
add set ip t clients { type ipv4_addr ; size 2 ; flags dynamic,timeout ; timeout 10s ; }
add rule ip t a ip saddr @clients counter
add rule ip t a update @clients { ip saddr } counter`;

  function later(clock: Clock, kernel: Kernel, seconds: number, from: string): number[] {
    clock.advance(seconds * 1000);
    send(kernel, hook.FORWARD, { from });
    return counted(kernel, "a");
  }

  test("forget with the clock, anew from the last update", () => {
    const clock = virtualClock();
    const kernel = kernelWith(affinity, { clock });
    expect(later(clock, kernel, 0, "10.0.0.1")).toEqual([0, 1]);
    expect(later(clock, kernel, 9, "10.0.0.1")).toEqual([1, 2]);
    expect(later(clock, kernel, 9, "10.0.0.1")).toEqual([2, 3]);
    expect(later(clock, kernel, 10, "10.0.0.1")).toEqual([2, 4]);
  });

  test("a full set breaks the rule off until an element has ended", () => {
    const clock = virtualClock();
    const kernel = kernelWith(affinity, { clock });
    for (const from of ["10.0.0.1", "10.0.0.2", "10.0.0.3"]) send(kernel, hook.FORWARD, { from });
    expect(counted(kernel, "a")).toEqual([0, 2]);
    expect(later(clock, kernel, 10, "10.0.0.3")).toEqual([0, 3]);
  });

  test("are listed with the time that is left", () => {
    const clock = virtualClock();
    const kernel = kernelWith(affinity, { clock });
    later(clock, kernel, 0, "10.0.0.1");
    clock.advance(2500);
    const listed = printNftList(kernel.nftTable("ip", "t")!);
    expect(listed).toContain("elements = { 10.0.0.1 expires 7s500ms }");
    expect(listed).toContain("ip saddr @clients counter packets 0 bytes 0");
    expect(listed).toContain("update @clients { ip saddr } counter packets 1 bytes 60");
  });

  test("a fork's fill and its counters count on their own", () => {
    const clock = virtualClock();
    const kernel = kernelWith(affinity, { clock });
    send(kernel, hook.FORWARD, { from: "10.0.0.1" });
    const twinClock = clock.fork();
    const twin = kernel.fork({ random: seededRandom("nft"), clock: twinClock });
    twinClock.advance(11_000);
    for (const one of [kernel, twin]) send(one, hook.FORWARD, { from: "10.0.0.1" });
    expect([counted(kernel, "a"), counted(twin, "a")]).toEqual([
      [1, 2],
      [0, 2],
    ]);
    apply(twin, "add rule ip t a counter drop");
    expect([send(kernel), send(twin)]).toEqual([verdict.accept, verdict.drop]);
  });
});

test("counters stay with a chain's rules when others are added, and go with a flush", () => {
  const kernel = kernelWith(`${forward("a", 0)}
add counter ip t named
add rule ip t a counter name "named"
add rule ip t a counter`);
  send(kernel);
  apply(kernel, "add rule ip t a counter");
  send(kernel);
  expect(kernel.nftTable("ip", "t")!.counters.get("named")).toMatchObject({ packets: 2, bytes: 120 });
  expect(counted(kernel, "a").slice(1)).toEqual([2, 1]);
  apply(kernel, "flush chain ip t a\nadd rule ip t a counter");
  expect(counted(kernel, "a")).toEqual([0]);
});

test("a transaction that does not hold leaves the kernel as it was", () => {
  const kernel = kernelWith(`${forward("a", 0)}\nadd rule ip t a counter drop`);
  const before = kernel.revision;
  expect(() => apply(kernel, "flush chain ip t a\ndelete chain ip t nobody")).toThrow(ParseError);
  expect(kernel.revision).toBe(before);
  expect(send(kernel)).toBe(verdict.drop);
});

test("what is not modelled is refused by its name", () => {
  const kernel = kernelWith(`${forward("a", 0)}\nadd rule ip t a ct status assured accept`);
  expect(() => send(kernel)).toThrow(UnsupportedError);
});
