import { formatAddress, parseAddress } from "@kubenetsim/core/net/address";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import {
  type ConntrackEntry,
  type ConntrackTuple,
  conntrackEntries,
} from "@kubenetsim/netfilter/engine/conntrack-entries";
import { conntrackState, printConntrackList } from "@kubenetsim/netfilter/text/conntrack-list";
import { failed, type Program, printed } from "../shell/program.ts";
import { type Options, readOptions } from "../shell/programs/read-options.ts";
import type { NodeSystem } from "./node-shell.ts";

const title = "conntrack v1.4.7 (conntrack-tools): ";
const protocols: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132, icmp: 1, icmpv6: 58 };

/** `conntrack -L` with the options that choose entries, and `-C`. */
export function conntrack(node: NodeSystem): Program {
  return (args) => {
    const options = readOptions(args, {
      program: "conntrack",
      flags: "LC",
      values: "psdrqfo1234S",
      long: {
        dump: "L",
        count: "C",
        proto: "p",
        protonum: "p",
        src: "s",
        "orig-src": "s",
        dst: "d",
        "orig-dst": "d",
        "reply-src": "r",
        "reply-dst": "q",
        family: "f",
        output: "o",
        sport: "1",
        "orig-port-src": "1",
        dport: "2",
        "orig-port-dst": "2",
        "reply-port-src": "3",
        "reply-port-dst": "4",
        state: "S",
      },
    });
    const protocol = options.value("p");
    if (protocol !== undefined && !(protocol in protocols))
      return failed(refusal(`\`${protocol}' unsupported protocol`), 2);
    const chosen = entriesOf(node, options.value("f")).filter((entry) => isChosen(entry, options));
    if (options.has("C")) return printed(`${chosen.length}\n`);
    if (!options.has("L")) throw new UnsupportedError("conntrack without -L or -C", "entries are listed and counted");
    const output = options.value("o");
    if (output !== undefined && output !== "extended")
      throw new UnsupportedError(`conntrack -o ${output}`, "extended is");
    return {
      stdout: printConntrackList(chosen, output === "extended"),
      stderr: `${title}${chosen.length} flow entries have been shown.\n`,
      exitCode: 0,
    };
  };
}

function refusal(message: string): string {
  return `${title}${message}\nTry \`conntrack -h' or 'conntrack --help' for more information.`;
}

function entriesOf(node: NodeSystem, family: string | undefined): ConntrackEntry[] {
  const { kernel, clock } = node.running();
  const families = (["IPv4", "IPv6"] as const).filter(
    (one) => family === undefined || one.toLowerCase() === family.toLowerCase(),
  );
  return families.flatMap((one) => conntrackEntries(kernel.conntrack(one), clock.nowMs));
}

function isChosen(entry: ConntrackEntry, options: Options): boolean {
  const protocol = options.value("p");
  const state = options.value("S");
  if (protocol !== undefined && protocols[protocol] !== entry.protocol) return false;
  if (state !== undefined && state !== conntrackState(entry)) return false;
  const isAt = (letter: string, tuple: ConntrackTuple, end: "source" | "destination"): boolean => {
    const wanted = options.value(letter);
    return wanted === undefined || parseAddress(wanted) === formatAddress(tuple[end]);
  };
  const isOn = (letter: string, port: number): boolean => (options.value(letter) ?? String(port)) === String(port);
  const { original, reply } = entry;
  return (
    isAt("s", original, "source") &&
    isAt("d", original, "destination") &&
    isAt("r", reply, "source") &&
    isAt("q", reply, "destination") &&
    isOn("1", original.sourcePort) &&
    isOn("2", original.destinationPort) &&
    isOn("3", reply.sourcePort) &&
    isOn("4", reply.destinationPort)
  );
}
