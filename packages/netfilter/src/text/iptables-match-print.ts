import { formatAddress } from "@kubenetsim/core/net/address";
import type { Match, PortRange } from "../ruleset/match.ts";
import { conntrackStates, stateOptions } from "./iptables-match-parse.ts";
import { quoteWord } from "./iptables-words.ts";

/** ` -m NAME …` with a blank before it, as the match's own save function prints it. */
export function printMatch(match: Match): string {
  return ` -m ${match.kind}${options(match)}`;
}

function options(match: Match): string {
  switch (match.kind) {
    case "comment":
      return ` --comment ${quoteWord(match.text)}`;
    case "tcp":
    case "udp":
    case "sctp":
      return ports("--sport", match.sourcePort) + ports("--dport", match.destinationPort);
    case "addrtype":
      return addrtype("--src-type", match.source) + addrtype("--dst-type", match.destination);
    case "conntrack":
    case "state": {
      const states = conntrackStates.filter((state) => match.states.includes(state));
      return `${not(match.negated)} ${stateOptions[match.kind]} ${states.join(",")}`;
    }
    case "mark":
      return `${not(match.negated)} --mark ${maskedText(match.value, match.mask)}`;
    case "statistic":
      return match.mode === "random"
        ? ` --mode random${not(match.negated)} --probability ${probabilityText(match.probability31)}`
        : ` --mode nth${not(match.negated)} --every ${match.every} --packet ${match.packet}`;
    case "recent": {
      const seconds = match.seconds === undefined ? "" : ` --seconds ${match.seconds}`;
      const reap = match.reap ? " --reap" : "";
      const hits = match.hitcount === undefined ? "" : ` --hitcount ${match.hitcount}`;
      const list = ` --name ${match.name} --mask ${formatAddress(match.mask)} --${match.side}`;
      return `${not(match.negated)} --${match.action}${seconds}${reap}${hits}${list}`;
    }
    case "set":
      return `${not(match.negated)} --match-set ${match.set} ${match.directions.join(",")}`;
    case "nfacct":
      return ` --nfacct-name  ${match.name}`;
    case "physdev":
      return `${not(match.negated)} --physdev-is-in`;
    case "ipvs": {
      const protocol = match.vproto === undefined ? "" : ` --vproto ${match.vproto}`;
      const address = match.vaddr === undefined ? "" : ` --vaddr ${formatAddress(match.vaddr)}`;
      return protocol + address + (match.vport === undefined ? "" : ` --vport ${match.vport}`);
    }
    default:
      return match satisfies never;
  }
}

/**
 * "%.11f" of the fraction: C rounds what lies in the middle to the even digit, `toFixed` up. The middle it is where all but
 * the twelfth binary digit behind the point, and those before it, are 0.
 */
export function probabilityText(probability31: number): string {
  if ((probability31 & 0xfffff) !== 0x80000) return (probability31 / 2 ** 31).toFixed(11);
  const below = (BigInt(probability31) * 10n ** 11n) >> 31n;
  return `0.${String(below + (below & 1n)).padStart(11, "0")}`;
}

function not(negated: boolean): string {
  return negated ? " !" : "";
}

function ports(option: string, range: PortRange | undefined): string {
  if (range === undefined || (range.from === 0 && range.to === 65535)) return "";
  const text = range.from === range.to ? `${range.from}` : `${range.from}:${range.to}`;
  return `${not(range.negated)} ${option} ${text}`;
}

function addrtype(option: string, side: { negated: boolean; type: string } | undefined): string {
  return side === undefined ? "" : `${not(side.negated)} ${option} ${side.type}`;
}

/** `0x4000/0x4000`; a mask of all ones is left out. */
export function maskedText(value: number, mask: number): string {
  const text = `0x${(value >>> 0).toString(16)}`;
  return mask >>> 0 === 0xffffffff ? text : `${text}/0x${(mask >>> 0).toString(16)}`;
}
