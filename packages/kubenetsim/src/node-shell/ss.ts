import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { type Program, printed } from "../shell/program.ts";
import { readOptions } from "../shell/programs/read-options.ts";
import type { NodeSystem } from "./node-shell.ts";
import { type ListeningSocket, listeningSockets } from "./sockets.ts";

/** `ss -lnt`, `ss -lnu`, `ss -lntu`, with `-4` and `-6`: who listens. */
export function ss(node: NodeSystem): Program {
  return (args) => {
    const options = readOptions(args, {
      program: "ss",
      flags: "lntu46",
      long: { listening: "l", numeric: "n", tcp: "t", udp: "u", ipv4: "4", ipv6: "6" },
    });
    const isChosen = options.has("t") || options.has("u");
    if (!options.has("l") || !options.has("n") || !isChosen || options.operands.length > 0) {
      throw new UnsupportedError(
        `the command "ss ${args.join(" ")}"`,
        "known are ss -lnt, -lnu and -lntu, with -4 or -6",
      );
    }
    const sockets = listeningSockets(node)
      .filter(({ protocol }) => options.has(protocol === "TCP" ? "t" : "u"))
      .filter(({ address }) => {
        const isIPv4 = address.includes(".");
        return (!options.has("4") || isIPv4) && (!options.has("6") || !isIPv4);
      });
    return printed(printSockets(sockets, options.has("t") && options.has("u")));
  };
}

/**
 * The table of ss, iproute2 6.1: columns as wide as their longest text, addresses to the right and ports to the left. UDP first,
 * IPv4 before IPv6, then by port; the kernel's order is that of its hash.
 */
export function printSockets(sockets: readonly ListeningSocket[], showsProtocol: boolean): string {
  const rows = [...sockets].sort(bySocket).map(({ protocol, address, port }) => ({
    netid: protocol.toLowerCase(),
    state: protocol === "TCP" ? "LISTEN" : "UNCONN",
    queue: protocol === "TCP" ? "4096" : "0",
    local: address.includes(":") ? `[${address}]` : address,
    port: String(port),
    peer: address === "*" ? "*" : address.includes(":") ? "[::]" : "0.0.0.0",
  }));
  const width = (title: string, texts: readonly string[]): number =>
    Math.max(title.length, ...texts.map(({ length }) => length));
  const local = width(
    "Local Address",
    rows.map((row) => row.local),
  );
  const port = width(
    "Port",
    rows.map((row) => row.port),
  );
  const line = (cells: readonly [string, string, string, string, string, string, string], end: string): string => {
    const [netid, state, receive, send, address, number, peer] = cells;
    const head = `${showsProtocol ? `${netid.padEnd(5)} ` : ""}${state.padEnd(6)} ${receive.padEnd(6)} ${send.padEnd(6)}`;
    return `${head} ${address.padStart(local)}:${number.padEnd(port)} ${peer.padStart(12)}:${end}\n`;
  };
  const header = line(["Netid", "State", "Recv-Q", "Send-Q", "Local Address", "Port", "Peer Address"], "PortProcess");
  const lines = rows.map((row) =>
    line([row.netid, row.state, "0", row.queue, row.local, row.port, row.peer], `*${" ".repeat(10)}`),
  );
  return header + lines.join("");
}

function bySocket(a: ListeningSocket, b: ListeningSocket): number {
  const rank = ({ protocol, address }: ListeningSocket): number =>
    (protocol === "UDP" ? 0 : 10) + (address === "*" ? 3 : address.includes(":") ? 2 : 1);
  return rank(a) - rank(b) || a.port - b.port || (a.address < b.address ? -1 : 1);
}
