import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { NftFamily } from "../../ruleset/nft-table.ts";

const v4: Readonly<Record<string, string>> = {
  "net-unreachable": "icmp-net-unreachable",
  "host-unreachable": "icmp-host-unreachable",
  "prot-unreachable": "icmp-proto-unreachable",
  "port-unreachable": "icmp-port-unreachable",
  "net-prohibited": "icmp-net-prohibited",
  "host-prohibited": "icmp-host-prohibited",
  "admin-prohibited": "icmp-admin-prohibited",
};

const v6: Readonly<Record<string, string>> = {
  "no-route": "icmp6-no-route",
  "admin-prohibited": "icmp6-adm-prohibited",
  "addr-unreachable": "icmp6-addr-unreachable",
  "port-unreachable": "icmp6-port-unreachable",
};

/** nft's `reject with …` in the words of iptables' `--reject-with`; nothing said is a port unreachable. */
export function rejectType(said: string | undefined, family: NftFamily): string {
  const words = (said ?? "port-unreachable").split(" ");
  if (words.join(" ") === "tcp reset") return "tcp-reset";
  const type = (family === "ip" ? v4 : v6)[words.at(-1)!];
  if (type === undefined) throw new UnsupportedError(`nft reject with "${said}"`, `family ${family}`);
  return type;
}
