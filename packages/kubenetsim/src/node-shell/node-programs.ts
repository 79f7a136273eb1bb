import { namePrograms } from "../dns/programs/name-programs.ts";
import { curl } from "../http/programs/curl.ts";
import type { Program, Programs } from "../shell/program.ts";
import { textPrograms } from "../shell/programs/text-programs.ts";
import { conntrack } from "./conntrack.ts";
import { ip } from "./ip.ts";
import { iptables } from "./iptables.ts";
import { kernelPrograms } from "./kernel-programs.ts";
import type { NodeSystem } from "./node-shell.ts";
import { ss } from "./ss.ts";
import { systemctl } from "./systemctl.ts";

/** What can be typed on a node, with `more` that the cluster has. */
export function nodePrograms(node: NodeSystem, more: readonly (readonly [string, Program])[]): Programs {
  return new Map([
    ...textPrograms,
    ...kernelPrograms(node),
    ["iptables", iptables(node, "iptables", "IPv4")],
    ["ip6tables", iptables(node, "ip6tables", "IPv6")],
    ["conntrack", conntrack(node)],
    ["curl", curl(node)],
    ["ip", ip(node)],
    ["ss", ss(node)],
    ["systemctl", systemctl(node)],
    ...namePrograms(node.names()),
    ...more,
  ]);
}
