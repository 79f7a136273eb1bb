import { type AddressWords, formatAddress, type IpAddress, parseAddressWords } from "@kubenetsim/core/net/address";
import { cidrContains } from "@kubenetsim/core/net/cidr";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import type { Match, PortRange } from "../ruleset/match.ts";
import type { AddressCondition, Rule } from "../ruleset/rule.ts";
import type { Ruleset, Table } from "../ruleset/ruleset.ts";
import { protocolNumber } from "../text/protocol-words.ts";

export interface OutcomeQuestion {
  readonly source: string;
  /** `tcp`, `udp`, `sctp`, in any case. */
  readonly protocol: string;
  readonly destination: string;
  readonly port: number;
  /** Addresses that count as LOCAL beside 127.0.0.1 and ::1. */
  readonly localAddresses: readonly string[];
}

export interface Outcomes {
  /** Every place the packet can be sent to, in the order in which the rules say it, or `DROP`, `REJECT`, `ACCEPT`; empty when no rule handles it. */
  readonly output: string;
  readonly masquerade: boolean;
}

/**
 * All that can become of a new connection's first packet, whatever the dice say: nat PREROUTING, then kube-proxy's own
 * filter chains. It asks the question that kube-proxy's own unit tests ask (pkg/proxy/iptables/proxier_test.go,
 * iptablesTracer): rules that look at marks, connection states or recent lists do not match, and a jump by chance does not
 * end its chain.
 */
export function exploreOutcomes(ruleset: Ruleset, question: OutcomeQuestion): Outcomes {
  const walk: Walk = {
    source: wordsOf(question.source),
    destination: wordsOf(question.destination),
    protocol: protocolNumber(question.protocol) ?? -1,
    port: question.port,
    local: new Set(["127.0.0.1", "::1", ...question.localAddresses]),
    outputs: [],
    masquerade: false,
  };
  runChain(walk, ruleset.tables.get("nat"), "PREROUTING");
  const rewritten = walk.rewritten;
  if (rewritten !== undefined) walk.destination = rewritten;
  const filter = ruleset.tables.get("filter");
  for (const chain of ["KUBE-SERVICES", "KUBE-EXTERNAL-SERVICES", "KUBE-NODEPORTS", "KUBE-PROXY-FIREWALL"]) {
    runChain(walk, filter, chain);
  }
  return { output: walk.outputs.join(", "), masquerade: walk.masquerade };
}

interface Walk {
  readonly source: AddressWords;
  destination: AddressWords;
  readonly protocol: number;
  readonly port: number;
  readonly local: ReadonlySet<string>;
  readonly outputs: string[];
  masquerade: boolean;
  /** Where the first DNAT sends it. */
  rewritten?: AddressWords;
}

function wordsOf(text: string): AddressWords {
  return parseAddressWords(text) ?? [];
}

/** True when the chain came to an end that does not return. */
function runChain(walk: Walk, table: Table | undefined, name: string): boolean {
  for (const rule of table?.chains.get(name)?.rules ?? []) {
    const target = rule.target;
    if (target === undefined || !ruleMatches(walk, rule)) continue;
    if (target.kind === "jump" || target.kind === "goto") {
      if (target.chain === "KUBE-MARK-MASQ") walk.masquerade = true;
      else if (runChain(walk, table, target.chain) && !rule.matches.some((match) => match.kind === "statistic")) {
        return true;
      }
    } else if (target.kind === "DNAT") {
      const host: IpAddress = formatAddress(target.address);
      walk.rewritten ??= target.address;
      walk.outputs.push(target.port === undefined ? host : joinHostPort(host, target.port));
      return true;
    } else if (target.kind === "ACCEPT" || target.kind === "DROP" || target.kind === "REJECT") {
      walk.outputs.push(target.kind);
      return true;
    } else if (target.kind === "RETURN") return false;
  }
  return false;
}

function ruleMatches(walk: Walk, rule: Rule): boolean {
  if (!addressMatches(rule.source, walk.source) || !addressMatches(rule.destination, walk.destination)) return false;
  const protocol = rule.protocol;
  if (protocol !== undefined && (protocol.number === walk.protocol) === protocol.negated) return false;
  return rule.matches.every((match) => matchHolds(walk, match));
}

function addressMatches(condition: AddressCondition | undefined, address: AddressWords): boolean {
  return condition === undefined || cidrContains(condition, address) !== condition.negated;
}

function matchHolds(walk: Walk, match: Match): boolean {
  switch (match.kind) {
    case "tcp":
    case "udp":
    case "sctp":
      return portMatches(match.destinationPort, walk.port);
    case "addrtype":
      return typeMatches(walk, match.source, walk.source) && typeMatches(walk, match.destination, walk.destination);
    case "mark":
    case "conntrack":
    case "state":
      return false;
    case "recent":
      return match.action === "set";
    default:
      return true;
  }
}

function portMatches(range: PortRange | undefined, port: number): boolean {
  return range === undefined || (port >= range.from && port <= range.to) !== range.negated;
}

function typeMatches(
  walk: Walk,
  side: { readonly negated: boolean; readonly type: string } | undefined,
  address: AddressWords,
): boolean {
  if (side === undefined) return true;
  const isLocal = walk.local.has(formatAddress(address));
  return (side.type === "LOCAL" && isLocal) !== side.negated;
}
