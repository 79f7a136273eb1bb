import { formatAddress } from "@kubenetsim/core/net/address";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import type { Match, Negatable, PortRange } from "../ruleset/match.ts";
import type { Target } from "../ruleset/target.ts";
import { conntrackStates } from "./iptables-match-parse.ts";
import { maskedText, probabilityText } from "./iptables-match-print.ts";

/** A match as `iptables -L -n` describes it, with a blank before it: each extension's print function. */
export function describeMatch(match: Match): string {
  switch (match.kind) {
    case "comment":
      return ` /* ${match.text} */`;
    case "tcp":
    case "udp":
    case "sctp":
      return ` ${match.kind}${ports("spt", match.sourcePort)}${ports("dpt", match.destinationPort)}`;
    case "addrtype":
      return ` ADDRTYPE match${addressType("src-type", match.source)}${addressType("dst-type", match.destination)}`;
    case "conntrack":
    case "state": {
      const states = conntrackStates.filter((state) => match.states.includes(state));
      return `${not(match)} ${match.kind === "state" ? "state" : "ctstate"} ${states.join(",")}`;
    }
    case "mark":
      return ` mark match${not(match)} ${maskedText(match.value, match.mask)}`;
    case "statistic":
      return match.mode === "random"
        ? ` statistic mode random${not(match)} probability ${probabilityText(match.probability31)}`
        : ` statistic mode nth${not(match)} every ${match.every}${match.packet === 0 ? "" : ` packet ${match.packet}`}`;
    case "recent": {
      const action = { set: "SET", rcheck: "CHECK", update: "UPDATE", remove: "REMOVE" }[match.action];
      const seconds = match.seconds === undefined ? "" : ` seconds: ${match.seconds}`;
      const reap = match.reap ? " reap" : "";
      const hits = match.hitcount === undefined ? "" : ` hit_count: ${match.hitcount}`;
      const side = match.side === "rsource" ? "source" : "dest";
      const list = ` name: ${match.name} side: ${side} mask: ${formatAddress(match.mask)}`;
      return `${not(match)} recent: ${action}${seconds}${reap}${hits}${list}`;
    }
    case "set":
      return `${not(match)} match-set ${match.set} ${match.directions.join(",")}`;
    case "nfacct":
      return ` nfacct-name  ${match.name}`;
    case "physdev":
      return ` PHYSDEV match${not(match)} --physdev-is-in`;
    case "ipvs": {
      const protocol = match.vproto === undefined ? "" : ` vproto ${match.vproto}`;
      const address = match.vaddr === undefined ? "" : ` vaddr ${formatAddress(match.vaddr)}`;
      return protocol + address + (match.vport === undefined ? "" : ` vport ${match.vport}`);
    }
    default:
      return match satisfies never;
  }
}

/** What stands behind the matches for a target: what it does, with its options. */
export function describeTarget(target: Target): string {
  switch (target.kind) {
    case "ACCEPT":
    case "DROP":
    case "RETURN":
    case "jump":
    case "goto":
      return "";
    case "REJECT":
      return ` reject-with ${target.with}`;
    case "DNAT": {
      const host = formatAddress(target.address);
      return ` to:${target.port === undefined ? host : joinHostPort(host, target.port)}`;
    }
    case "MASQUERADE":
      return target.randomFully ? " random-fully" : "";
    case "REDIRECT":
      return target.port === undefined ? "" : ` redir ports ${target.port}`;
    case "MARK":
      return ` MARK ${describeMark(target.value >>> 0, target.mask >>> 0)}`;
    default:
      return target satisfies never;
  }
}

/** extensions/libxt_MARK.c, mark_tg_print. */
function describeMark(value: number, mask: number): string {
  const hex = (word: number): string => `0x${word.toString(16)}`;
  if (value === 0) return `and ${hex(~mask >>> 0)}`;
  if (value === mask) return `or ${hex(value)}`;
  if (mask === 0) return `xor ${hex(value)}`;
  return mask === 0xffffffff ? `set ${hex(value)}` : `xset ${hex(value)}/${hex(mask)}`;
}

function ports(name: string, range: PortRange | undefined): string {
  if (range === undefined || (range.from === 0 && range.to === 65535)) return "";
  const sign = range.negated ? "!" : "";
  return range.from === range.to ? ` ${name}:${sign}${range.from}` : ` ${name}s:${sign}${range.from}:${range.to}`;
}

function addressType(name: string, side: (Negatable & { readonly type: string }) | undefined): string {
  return side === undefined ? "" : ` ${name} ${side.negated ? "!" : ""}${side.type}`;
}

function not({ negated }: Negatable): string {
  return negated ? " !" : "";
}
