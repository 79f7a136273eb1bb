import { formatAddress } from "@kubenetsim/core/net/address";
import { formatCidr } from "@kubenetsim/core/net/cidr";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { protocolName } from "@kubenetsim/core/net/protocol";
import type { Match, Negatable } from "@kubenetsim/netfilter/ruleset/match";
import type { AddressCondition, Rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { Target } from "@kubenetsim/netfilter/ruleset/target";
import { probabilityTextOf } from "./probability.ts";

/**
 * The words of one rule as kube-proxy feeds them to iptables-restore, without `-A CHAIN`. They say the same as the line of
 * iptables-save, in another order: where a rule has `-m tcp`, its protocol and addresses stand with it, `-d` before
 * `--dport`; else they come after the other matches, but before those on connection state. A single address has no /32.
 *
 * @example restoreWords(rule) // '-m comment --comment "default/web cluster IP" -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-…'
 */
export function restoreWords(rule: Rule): string {
  const transport = rule.matches.some(isTransport);
  const words = transport ? [] : protocolWords(rule);
  let addressesLeft = true;
  const addresses = (): string[] => {
    addressesLeft = false;
    return [...addressWordsOf("-d", rule.destination), ...originWords(rule)];
  };
  for (const match of rule.matches) {
    if (isTransport(match)) {
      words.push("-m", match.kind, ...protocolWords(rule), ...addressWordsOf("-d", rule.destination));
      words.push(...portWords("--sport", match.sourcePort), ...portWords("--dport", match.destinationPort));
      words.push(...originWords(rule));
      addressesLeft = false;
    } else {
      if (addressesLeft && !transport && comesAfterAddresses(match)) words.push(...addresses());
      words.push(...matchWords(match));
    }
  }
  if (addressesLeft) words.push(...addresses());
  return [...words, ...targetWords(rule.target)].join(" ");
}

/** kube-proxy's `%#08x` of a mark: at least eight digits. */
export function markText(mark: number): string {
  return `0x${(mark >>> 0).toString(16).padStart(8, "0")}`;
}

function isTransport(match: Match): match is Extract<Match, { readonly kind: "tcp" | "udp" | "sctp" }> {
  return match.kind === "tcp" || match.kind === "udp" || match.kind === "sctp";
}

function comesAfterAddresses(match: Match): boolean {
  return match.kind === "conntrack" || match.kind === "ipvs";
}

function not(condition: Negatable): string[] {
  return condition.negated ? ["!"] : [];
}

function protocolWords({ protocol }: Rule): string[] {
  if (protocol === undefined) return [];
  return [...not(protocol), "-p", (protocolName(protocol.number) ?? String(protocol.number)).toLowerCase()];
}

function addressWordsOf(flag: string, condition: AddressCondition | undefined): string[] {
  if (condition === undefined) return [];
  const single = condition.prefix === condition.words.length * 32 && condition.asNet !== true;
  return [...not(condition), flag, single ? formatAddress(condition.words) : formatCidr(condition)];
}

/** Where it comes from: source address and device. */
function originWords(rule: Rule): string[] {
  const words = addressWordsOf("-s", rule.source);
  if (rule.inDevice !== undefined) words.push(...not(rule.inDevice), "-i", rule.inDevice.name);
  if (rule.outDevice !== undefined) words.push(...not(rule.outDevice), "-o", rule.outDevice.name);
  return words;
}

function portWords(flag: string, port: ({ from: number; to: number } & Negatable) | undefined): string[] {
  if (port === undefined) return [];
  return [...not(port), flag, port.from === port.to ? String(port.from) : `${port.from}:${port.to}`];
}

function matchWords(match: Exclude<Match, { readonly kind: "tcp" | "udp" | "sctp" }>): string[] {
  const head = ["-m", match.kind];
  switch (match.kind) {
    case "comment":
      return [...head, "--comment", quoted(match.text)];
    case "addrtype": {
      const source = match.source === undefined ? [] : [...not(match.source), "--src-type", match.source.type];
      const { destination } = match;
      return [...head, ...source, ...(destination ? [...not(destination), "--dst-type", destination.type] : [])];
    }
    case "conntrack":
      return [...head, ...not(match), "--ctstate", match.states.join(",")];
    case "state":
      return [...head, ...not(match), "--state", match.states.join(",")];
    case "mark":
      return [...head, ...not(match), "--mark", `${markText(match.value)}/${markText(match.mask)}`];
    case "statistic":
      return match.mode === "random"
        ? [...head, "--mode", "random", "--probability", probabilityTextOf(match.probability31)]
        : [...head, "--mode", "nth", "--every", String(match.every), "--packet", String(match.packet)];
    case "recent": {
      const seconds = match.seconds === undefined ? [] : ["--seconds", String(match.seconds)];
      return [...head, "--name", match.name, `--${match.action}`, ...seconds, ...(match.reap ? ["--reap"] : [])];
    }
    case "set":
      return [...head, ...not(match), "--match-set", match.set, match.directions.join(",")];
    case "nfacct":
      return [...head, "--nfacct-name", match.name];
    case "physdev":
      return [...head, ...not(match), `--${match.option}`];
    case "ipvs":
      return [...head, ...ipvsWords(match)];
    default:
      return match satisfies never;
  }
}

function ipvsWords({ vaddr, vproto, vport }: Extract<Match, { readonly kind: "ipvs" }>): string[] {
  const words: string[] = [];
  if (vaddr !== undefined) words.push("--vaddr", formatAddress(vaddr));
  if (vproto !== undefined) words.push("--vproto", (protocolName(vproto) ?? String(vproto)).toLowerCase());
  if (vport !== undefined) words.push("--vport", String(vport));
  return words;
}

function quoted(text: string): string {
  return text.includes(" ") ? `"${text}"` : text;
}

function targetWords(target: Target | undefined): string[] {
  if (target === undefined) return [];
  switch (target.kind) {
    case "jump":
      return ["-j", target.chain];
    case "goto":
      return ["-g", target.chain];
    case "DNAT":
      return ["-j", "DNAT", "--to-destination", destinationText(formatAddress(target.address), target.port)];
    case "MASQUERADE":
      return ["-j", "MASQUERADE", ...(target.randomFully ? ["--random-fully"] : [])];
    case "REDIRECT":
      return ["-j", "REDIRECT", ...(target.port === undefined ? [] : ["--to-ports", String(target.port)])];
    case "MARK":
      return ["-j", "MARK", ...markWords(target.value, target.mask)];
    default:
      return ["-j", target.kind];
  }
}

function destinationText(address: string, port: number | undefined): string {
  return port === undefined ? address : joinHostPort(address, port);
}

function markWords(value: number, mask: number): string[] {
  if (value === mask) return ["--or-mark", markText(value)];
  if (mask === 0) return ["--xor-mark", markText(value)];
  return ["--set-xmark", `${markText(value)}/${markText(mask)}`];
}
