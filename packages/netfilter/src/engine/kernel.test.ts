import { parseAddressWords } from "@kubenetsim/core/net/address";
import { type Clock, virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { beforeEach, describe, expect, test } from "vitest";
import { RestoreError } from "../ruleset/restore-error.ts";
import { parseIptablesSave, parseRestoreInput } from "../text/iptables-parse.ts";
import { printIptablesSave } from "../text/iptables-print.ts";
import { hook } from "./hook.ts";
import { rejectionName } from "./icmp-error.ts";
import { Kernel } from "./kernel.ts";
import { Meter } from "./meter.ts";
import { ctState, Packet, tcpFlag } from "./packet.ts";
import { Tape, tapeKind } from "./tape.ts";
import { verdict } from "./verdict.ts";

// One Service (10.96.0.10:80, two endpoints, node port 30080), as kube-proxy writes it; one without endpoints.
const rules = `*filter
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-SERVICES - [0:0]
-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD
-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A KUBE-FORWARD -m conntrack --ctstate INVALID -m nfacct --nfacct-name  ct_state_invalid_dropped_pkts -j DROP
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A KUBE-SERVICES -d 10.96.0.12/32 -p tcp -m comment --comment "default/empty:http has no endpoints" -m tcp --dport 80 -j REJECT --reject-with icmp-port-unreachable
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:KUBE-EXT-A - [0:0]
:KUBE-MARK-MASQ - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-SEP-A - [0:0]
:KUBE-SEP-B - [0:0]
:KUBE-SERVICES - [0:0]
:KUBE-SVC-A - [0:0]
-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES
-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING
-A KUBE-EXT-A -m comment --comment "masquerade traffic for default/web external destinations" -j KUBE-MARK-MASQ
-A KUBE-EXT-A -j KUBE-SVC-A
-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000
-A KUBE-NODEPORTS -p tcp -m comment --comment "default/web" -m tcp --dport 30080 -j KUBE-EXT-A
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
-A KUBE-SEP-A -s 10.244.1.5/32 -m comment --comment "default/web" -j KUBE-MARK-MASQ
-A KUBE-SEP-A -p tcp -m comment --comment "default/web" -m recent --set --name KUBE-SEP-A --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.244.1.5:8080
-A KUBE-SEP-B -s 10.244.2.6/32 -m comment --comment "default/web" -j KUBE-MARK-MASQ
-A KUBE-SEP-B -p tcp -m comment --comment "default/web" -m recent --set --name KUBE-SEP-B --mask 255.255.255.255 --rsource -m tcp -j DNAT --to-destination 10.244.2.6:8080
-A KUBE-SERVICES -d 10.96.0.10/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j KUBE-SVC-A
-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
-A KUBE-SVC-A ! -s 10.244.0.0/16 -d 10.96.0.10/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ
-A KUBE-SVC-A -m comment --comment "default/web -> 10.244.1.5:8080" -m recent --rcheck --seconds 180 --reap --name KUBE-SEP-A --mask 255.255.255.255 --rsource -j KUBE-SEP-A
-A KUBE-SVC-A -m comment --comment "default/web -> 10.244.2.6:8080" -m recent --rcheck --seconds 180 --reap --name KUBE-SEP-B --mask 255.255.255.255 --rsource -j KUBE-SEP-B
-A KUBE-SVC-A -m comment --comment "default/web -> 10.244.1.5:8080" -m statistic --mode random --probability 0.50000000000 -j KUBE-SEP-A
-A KUBE-SVC-A -m comment --comment "default/web -> 10.244.2.6:8080" -j KUBE-SEP-B
COMMIT
`;

const devices = [
  { name: "lo", addresses: ["127.0.0.1/8"] },
  { name: "eth0", addresses: ["192.168.10.11/24"] },
  { name: "cni0", addresses: ["10.244.1.1/24"] },
];

let clock: Clock;
let kernel: Kernel;
let meter: Meter;

beforeEach(() => {
  clock = virtualClock();
  kernel = new Kernel({ random: seededRandom("test"), clock, devices });
  kernel.load(parseIptablesSave(rules));
  meter = new Meter();
});

const word = (address: string) => parseAddressWords(address)![0]!;

function tcp(
  source: string,
  sourcePort: number,
  destination: string,
  port: number,
  flags: number = tcpFlag.SYN,
): Packet {
  const packet = new Packet();
  packet.protocol = 6;
  packet.tcpFlags = flags;
  packet.src0 = word(source);
  packet.sourcePort = sourcePort;
  packet.dst0 = word(destination);
  packet.destinationPort = port;
  return packet;
}

/** Through the host from one device to another. */
function forward(packet: Packet, inDevice = 2, outDevice = 1, tape: Tape | null = null) {
  packet.inDevice = inDevice;
  const first = kernel.runHook(hook.PREROUTING, packet, meter, tape);
  packet.outDevice = outDevice;
  const second = first === verdict.accept ? kernel.runHook(hook.FORWARD, packet, meter, tape) : first;
  return second === verdict.accept ? kernel.runHook(hook.POSTROUTING, packet, meter, tape) : second;
}

/** The answer to a packet as it left this host. */
function answerTo(packet: Packet, flags: number = tcpFlag.SYN | tcpFlag.ACK): Packet {
  const answer = new Packet();
  answer.protocol = 6;
  answer.tcpFlags = flags;
  [answer.src0, answer.sourcePort] = [packet.dst0, packet.destinationPort];
  [answer.dst0, answer.destinationPort] = [packet.src0, packet.sourcePort];
  return answer;
}

describe("a connection to a ClusterIP", () => {
  test("the first packet gets an endpoint, the answer the ClusterIP", () => {
    const packet = tcp("10.244.1.9", 40_000, "10.96.0.10", 80);
    expect(forward(packet)).toBe(verdict.accept);
    expect([word("10.244.1.5"), word("10.244.2.6")]).toContain(packet.dst0);
    expect([packet.destinationPort, packet.src0, packet.sourcePort]).toEqual([8080, word("10.244.1.9"), 40_000]);

    const answer = answerTo(packet);
    expect(forward(answer, 1, 2)).toBe(verdict.accept);
    expect([answer.src0, answer.sourcePort]).toEqual([word("10.96.0.10"), 80]);
    expect([answer.ctState, answer.ctReply]).toEqual([ctState.established, true]);
  });

  test("later packets go to the same endpoint without looking at the nat rules", () => {
    const first = tcp("10.244.1.9", 40_000, "10.96.0.10", 80);
    forward(first);
    for (let i = 0; i < 5; i++) {
      const next = tcp("10.244.1.9", 40_000, "10.96.0.10", 80);
      meter.reset();
      forward(next);
      expect([next.dst0, next.destinationPort]).toEqual([first.dst0, 8080]);
      // Of the filter table alone: two in FORWARD, three in KUBE-FORWARD, one in KUBE-SERVICES.
      expect(meter.rulesCompared).toBe(6);
    }
  });

  test("an endpoint that reaches itself is masqueraded, and its answer comes back", () => {
    let packet: Packet;
    let port = 1024;
    do {
      packet = tcp("10.244.1.5", port++, "10.96.0.10", 80);
      clock.advance(200_000);
      forward(packet, 2, 2);
    } while (packet.dst0 !== word("10.244.1.5"));
    expect(packet.src0).toBe(word("10.244.1.1"));
    const answer = answerTo(packet);
    forward(answer, 2, 2);
    expect([answer.src0, answer.sourcePort]).toEqual([word("10.96.0.10"), 80]);
    expect([answer.dst0, answer.destinationPort]).toEqual([word("10.244.1.5"), port - 1]);
  });

  test("the same client goes to the same endpoint while the recent list knows it", () => {
    const first = tcp("10.244.1.9", 1, "10.96.0.10", 80);
    forward(first);
    const chosen = (count: number, startPort: number) =>
      new Set(
        Array.from({ length: count }, (_, i) => {
          const packet = tcp("10.244.1.9", startPort + i, "10.96.0.10", 80);
          forward(packet);
          return packet.dst0;
        }),
      );
    expect([...chosen(20, 2000)]).toEqual([first.dst0]);
    const seen = new Set<number>();
    for (let i = 0; i < 20; i++) {
      clock.advance(181_000);
      for (const address of chosen(1, 5000 + i)) seen.add(address);
    }
    expect(seen.size).toBe(2);
  });
});

describe("other ways", () => {
  test("a node port is found by the address being local, and masqueraded with a random port", () => {
    const packet = tcp("203.0.113.7", 5555, "192.168.10.11", 30_080);
    expect(forward(packet, 1, 2)).toBe(verdict.accept);
    expect([packet.destinationPort, packet.src0]).toEqual([8080, word("10.244.1.1")]);
    expect(packet.sourcePort).toBeGreaterThanOrEqual(1024);
    expect(packet.mark).toBe(0);
    const answer = answerTo(packet);
    forward(answer, 2, 1);
    expect([answer.dst0, answer.destinationPort, answer.src0, answer.sourcePort]).toEqual([
      word("203.0.113.7"),
      5555,
      word("192.168.10.11"),
      30_080,
    ]);
  });

  test("a Service without endpoints is rejected", () => {
    const packet = tcp("10.244.1.9", 1, "10.96.0.12", 80);
    expect(forward(packet)).toBe(verdict.reject);
    expect(rejectionName(packet.rejection)).toBe("icmp-port-unreachable");
  });

  test("an answer that no connection asked for is invalid, and counted when it is dropped", () => {
    const stray = tcp("10.244.2.6", 8080, "10.244.1.9", 40_000, tcpFlag.SYN | tcpFlag.ACK);
    expect(forward(stray, 1, 2)).toBe(verdict.drop);
    expect(stray.ctState).toBe(ctState.invalid);
    expect(kernel.nfacct().get("ct_state_invalid_dropped_pkts")).toEqual({ packets: 1, bytes: 60 });
  });

  test("two connections with the same reply tuple get different source ports", () => {
    const direct = tcp("10.244.1.9", 40_000, "10.244.1.5", 8080);
    const other = tcp("10.244.1.9", 40_000, "10.244.2.6", 8080);
    forward(direct);
    forward(other);
    const service = tcp("10.244.1.9", 40_000, "10.96.0.10", 80);
    forward(service);
    expect(service.sourcePort).not.toBe(40_000);
    const answer = answerTo(service);
    forward(answer, 1, 2);
    expect([answer.src0, answer.dst0, answer.destinationPort]).toEqual([
      word("10.96.0.10"),
      word("10.244.1.9"),
      40_000,
    ]);
  });

  test("an entry ends with its time", () => {
    const packet = tcp("10.244.1.9", 40_000, "10.96.0.10", 80);
    forward(packet);
    clock.advance(119_000);
    const within = tcp("10.244.1.9", 40_000, "10.96.0.10", 80);
    forward(within);
    expect(within.dst0).toBe(packet.dst0);
    clock.advance(121_000);
    const after = answerTo(packet);
    forward(after, 1, 2);
    expect(after.ctState).toBe(ctState.invalid);
  });
});

describe("what can be read", () => {
  test("counters of the rules, as iptables-save -c prints them", () => {
    forward(tcp("10.244.1.9", 1, "10.96.0.10", 80));
    forward(tcp("10.244.1.9", 2, "10.96.0.10", 80));
    const text = printIptablesSave(kernel.ruleset("IPv4"), { counters: true });
    expect(text).toMatch(/^\[2:120\] -A KUBE-SERVICES -d 10\.96\.0\.10\/32/m);
    expect(text).toMatch(/^\[2:120\] -A KUBE-POSTROUTING -m mark/m);
    expect(text).toMatch(/^\[0:0\] -A KUBE-MARK-MASQ/m);
  });

  test("the tape names chains and rules", () => {
    const tape = new Tape();
    forward(tcp("10.244.1.9", 1, "10.96.0.10", 80), 2, 1, tape);
    const chains: string[] = [];
    for (let i = 0; i < tape.length; i++) {
      const at = i * 16;
      if (tape.words[at] === tapeKind.chainEnter) chains.push(kernel.chainName(tape.words[at + 2]!).chain);
    }
    expect(chains.slice(0, 3)).toEqual(["PREROUTING", "KUBE-SERVICES", "KUBE-SVC-A"]);
    expect(chains.slice(4)).toEqual(["FORWARD", "KUBE-FORWARD", "KUBE-SERVICES", "POSTROUTING", "KUBE-POSTROUTING"]);
  });

  test("a restore changes what it names and nothing else", () => {
    forward(tcp("10.244.1.9", 1, "10.96.0.10", 80));
    kernel.restore(
      parseRestoreInput(
        "*nat\n:KUBE-SVC-A - [0:0]\n:KUBE-SEP-A - [0:0]\n-A KUBE-SVC-A -j KUBE-SEP-B\n-X KUBE-SEP-A\nCOMMIT\n".replace(
          "KUBE-SEP-B",
          "KUBE-SEP-B",
        ),
      ),
    );
    const text = printIptablesSave(kernel.ruleset("IPv4"), { counters: true });
    expect(text).not.toContain("KUBE-SEP-A");
    expect(text).toMatch(/^\[1:60\] -A KUBE-SERVICES/m);
    const packet = tcp("10.244.1.9", 7, "10.96.0.10", 80);
    forward(packet);
    expect(packet.dst0).toBe(word("10.244.2.6"));
  });

  test("a restore with a jump to a chain that somebody has taken away is refused, with its table", () => {
    kernel.removeChains("IPv4", "nat", ["KUBE-SVC-A"]);
    const nat = (): string => printIptablesSave(kernel.ruleset("IPv4")).split("*nat")[1]!.split("COMMIT")[0]!;
    const before = nat();
    const jump = "*filter\n:NEW - [0:0]\nCOMMIT\n*nat\n:KUBE-SERVICES - [0:0]\n-A KUBE-SERVICES -j KUBE-SVC-A\n";
    expect(() => kernel.restore(parseRestoreInput(`${jump}COMMIT\n`))).toThrow(RestoreError);
    expect(nat()).toBe(before);
    expect(kernel.chain("IPv4", "filter", "NEW"), "iptables-restore has committed the table before").toBeDefined();

    kernel.restore(parseRestoreInput(`${jump.replace("*nat\n", "*nat\n:KUBE-SVC-A - [0:0]\n")}COMMIT\n`));
    kernel.restore(parseRestoreInput(`${jump}COMMIT\n`));
    expect(printIptablesSave(kernel.ruleset("IPv4"))).toContain(":KUBE-SVC-A");

    kernel.load(parseIptablesSave("*nat\nCOMMIT\n"));
    expect(() =>
      kernel.fork({ random: seededRandom("b"), clock }).restore(parseRestoreInput(`${jump}COMMIT\n`)),
    ).toThrow("'KUBE-SVC-A'");
  });

  test("a chain that a restore writes as it is counts from the beginning", () => {
    const ruleset = parseIptablesSave(rules);
    kernel.load(ruleset);
    forward(tcp("10.244.1.9", 1, "10.96.0.10", 80));
    const { chains } = ruleset.tables.get("nat")!;
    const written = ["KUBE-SERVICES", "KUBE-SVC-A"].map((name) => chains.get(name)!);
    kernel.restore({ family: "IPv4", tables: [{ name: "nat", chains: written, deleted: [] }] });
    expect(kernel.chain("IPv4", "nat", "KUBE-SERVICES")).toBe(written[0]);
    expect(kernel.chain("IPv4", "nat", "KUBE-SVC-A")).toBe(written[1]);
    expect(kernel.chain("IPv4", "nat", "PREROUTING")!.rules[0]!.counters).toEqual({ packets: 1, bytes: 60 });

    forward(tcp("10.244.1.9", 2, "10.96.0.10", 80));
    expect(kernel.chain("IPv4", "nat", "KUBE-SERVICES")!.rules[0]!.counters).toEqual({ packets: 1, bytes: 60 });
  });

  test("a fork goes its own way", () => {
    const packet = tcp("10.244.1.9", 1, "10.96.0.10", 80);
    forward(packet);
    const original = kernel;
    kernel = original.fork({ random: seededRandom("other"), clock: clock.fork() });
    const same = tcp("10.244.1.9", 1, "10.96.0.10", 80);
    forward(same);
    expect(same.dst0).toBe(packet.dst0);
    forward(tcp("10.244.1.9", 2, "10.96.0.10", 80));
    expect(original.conntrack("IPv4").table.size).toBe(1);
    expect(kernel.conntrack("IPv4").table.size).toBe(2);
  });

  test.each(["-j", "-g"])("chains that %s in a loop are refused when a packet finds out", (jump) => {
    const loop = `*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n:A -\n:B -\n-A FORWARD ${jump} A\n-A A ${jump} B\n-A B ${jump} A\nCOMMIT\n`;
    // Of a text as a whole the parser refuses it; what is restored chain by chain can still come to one.
    kernel.restore(parseRestoreInput(loop));
    expect(() => forward(tcp("10.0.0.1", 1, "10.0.0.2", 2))).toThrow(/loop/);
  });

  test("a rule that jumps to a chain which is not there is refused", () => {
    const jumps = (target: string) => `*filter\n:FORWARD ACCEPT\n-A FORWARD -j ${target}\nCOMMIT\n`;
    kernel.restore(parseRestoreInput(jumps("NOPE")));
    const send = () => forward(tcp("10.0.0.1", 1, "10.0.0.2", 2));
    expect(send).toThrow("chain NOPE does not exist (table filter, chain FORWARD, line 3)");
    kernel.restore(parseRestoreInput(jumps("LOG")));
    expect(send).toThrow(/iptables target "LOG" is not modelled/);
  });

  test("a rule that asks a set which is not there is refused", () => {
    const asks =
      "*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\n-A FORWARD -m set --match-set X dst -j DROP\nCOMMIT\n";
    kernel.load(parseIptablesSave(asks));
    expect(() => forward(tcp("10.0.0.1", 1, "10.0.0.2", 2))).toThrow(/set X does not exist/);
  });
});
