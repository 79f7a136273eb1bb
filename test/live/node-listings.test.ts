/** What the real conntrack, ip and ss print of the same connections, devices, routes and sockets. */
import { parseAddressWords } from "@kubenetsim/core/net/address";
import type { ConntrackEntry } from "@kubenetsim/netfilter/engine/conntrack-entries";
import { printConntrackList } from "@kubenetsim/netfilter/text/conntrack-list";
import { Cluster } from "kubenetsim";
import { printSockets } from "kubenetsim/node-shell/ss";
import { describe, expect, it } from "vitest";
import { missingTools, runInNamespace } from "./namespace-shell.ts";

describe("conntrack -L", () => {
  const missing = missingTools("conntrack", "unshare");

  it.skipIf(missing)("shows connections as we do", () => {
    const states = [
      "",
      "SYN_SENT",
      "SYN_RECV",
      "ESTABLISHED",
      "FIN_WAIT",
      "CLOSE_WAIT",
      "LAST_ACK",
      "TIME_WAIT",
      "CLOSE",
    ];
    const entries = [
      ...[1, 3, 4, 5, 6, 7].map((tcpState, i) => entry(6, i, tcpState, tcpState !== 1)),
      entry(17, 10, 0, false),
      entry(17, 11, 0, true),
    ];
    const script = entries.map((one) => insertion(one, states)).join("\n");
    const shown = runInNamespace(
      `${script}\nconntrack -L 2>note >list; conntrack -L -o extended 2>/dev/null >more`,
      new Map(),
      ["list", "more", "note"],
    );
    expect(lines(shown.get("list")!)).toEqual(lines(printConntrackList(entries)));
    expect(lines(shown.get("more")!)).toEqual(lines(printConntrackList(entries, true)));
    expect(shown.get("note")).toBe(
      `conntrack v1.4.7 (conntrack-tools): ${entries.length} flow entries have been shown.\n`,
    );
  });
});

describe("ip", () => {
  const missing = missingTools("ip", "unshare");

  it.skipIf(missing)("shows devices, addresses and routes as we do", () => {
    const node = Cluster.create({ nodes: ["n1", "n2", "n3"] }).node("n1");
    const hardware = /link\/ether (\S+)/.exec(node.sh`ip link show eth0`.stdout)![1]!;
    // A veth, whose other end is in the same namespace, stands for the card.
    const script = `
ip link add eth0 type veth peer name other
ip link set eth0 address ${hardware}; ip link set eth0 up; ip link set other up; ip link set lo up
ip addr add 192.168.10.11/24 brd + dev eth0
ip link add cni0 type bridge; ip link set cni0 address 02:00:00:00:00:01; ip link set cni0 up
ip addr add 10.244.1.1/24 brd + dev cni0
ip route add default via 192.168.10.1
ip route add 10.244.3.0/24 via 192.168.10.13; ip route add 10.244.2.0/24 via 192.168.10.12
${commands.map((command, i) => `${command} > ${i}`).join("\n")}`;
    const real = runInNamespace(script, new Map(), Object.keys(commands));
    for (const [i, command] of commands.entries()) {
      expect(plain(node.sh(command).stdout), command).toBe(plain(real.get(String(i))!));
    }
  });
});

const commands = [
  "ip route",
  "ip r show",
  "ip -4 addr show eth0",
  "ip -4 a s lo",
  "ip -4 addr show cni0",
  "ip addr show dev lo",
  "ip -br -4 addr",
  "ip -o -4 addr",
  "ip link show eth0",
  "ip -br link show lo",
];

/** Without what differs between a card and what stands for it. */
function plain(text: string): string {
  return text
    .replace(/^\d+: /gm, "N: ")
    .replace(/eth0@other/g, "eth0")
    .replace(/^eth0 +/gm, "eth0 ")
    .replace(/qdisc (?:noqueue|fq_codel)/g, "qdisc Q");
}

describe("ss -lnt", () => {
  const missing = missingTools("ss", "ip", "unshare");

  it.skipIf(missing)("prints tables as we do", () => {
    const sockets = [
      { protocol: "TCP", address: "127.0.0.1", port: 10249 },
      { protocol: "TCP", address: "127.0.0.1", port: 22 },
      { protocol: "TCP", address: "::1", port: 8080 },
      { protocol: "TCP", address: "*", port: 10256 },
    ] as const;
    const listen = sockets
      .map(
        ({ address, port }) =>
          `net.createServer().listen({ port: ${port}, host: "${address === "*" ? "::" : address}", backlog: 4096 })`,
      )
      .join(";");
    const script = `
ip link set lo up
"${process.execPath}" -e 'const net = require("node:net"); ${listen}; setTimeout(() => process.exit(), 20000)' &
for i in 1 2 3 4 5 6 7 8 9 10; do ss -lnt > list; [ $(wc -l < list) = 5 ] && break; sleep 0.5; done
kill $!`;
    const real = runInNamespace(script, new Map(), ["list"]).get("list")!;
    const sorted = (text: string): string[] => text.split("\n").sort();
    expect(sorted(printSockets(sockets, false))).toEqual(sorted(real));
  });
});

function entry(protocol: number, number: number, tcpState: number, isAnswered: boolean): ConntrackEntry {
  const client = parseAddressWords(`10.0.0.${number + 1}`)!;
  const service = parseAddressWords("10.96.0.1")!;
  const pod = parseAddressWords("10.244.1.2")!;
  return {
    protocol,
    original: { source: client, destination: service, sourcePort: 32768 + number, destinationPort: 80 },
    reply: { source: pod, destination: client, sourcePort: 8080, destinationPort: 32768 + number },
    isAnswered,
    tcpState,
    expiresInMs: 99_000,
  };
}

function insertion({ protocol, original, isAnswered, tcpState }: ConntrackEntry, states: readonly string[]): string {
  const name = protocol === 6 ? "tcp" : "udp";
  const state = protocol === 6 ? `--state ${states[tcpState]}` : "";
  const status = isAnswered ? "-u SEEN_REPLY,ASSURED" : "";
  const client = `10.0.0.${original.sourcePort - 32767}`;
  return `conntrack -I -p ${name} -s ${client} -d 10.96.0.1 --sport ${original.sourcePort} --dport 80 -t 100 --dst-nat 10.244.1.2:8080 ${state} ${status}`;
}

/** In one order, without the seconds that have gone by. */
function lines(text: string): string[] {
  return text
    .replace(/^((?:ipv\d +\d+ )?\w+ +\d+) (?:9\d|100) /gm, "$1 T ")
    .split("\n")
    .sort();
}
