import { type AddressWords, formatAddress } from "@kubenetsim/core/net/address";
import { protocolName } from "@kubenetsim/core/net/protocol";
import type { Match, Negatable } from "@kubenetsim/netfilter/ruleset/match";
import type { AddressCondition, Rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { Target } from "@kubenetsim/netfilter/ruleset/target";
import { ByteText } from "./byte-text.ts";
import { probabilityTextOf } from "./probability.ts";

const words = new ByteText();

/**
 * The words of one rule as kube-proxy feeds them to iptables-restore, without `-A CHAIN`. They say the same as the line of
 * iptables-save, in another order: where a rule has `-m tcp`, its protocol and addresses stand with it, `-d` before
 * `--dport`; else they come after the other matches, but before those on connection state. A single address has no /32.
 *
 * @example restoreWords(rule) // '-m comment --comment "default/web cluster IP" -m tcp -p tcp -d 10.96.0.10 --dport 80 -j KUBE-SVC-…'
 */
export function restoreWords(rule: Rule): string {
  words.clear();
  addRestoreWords(words, rule);
  return words.toString().slice(1);
}

/** The same with a space before each word. */
export function addRestoreWords(text: ByteText, rule: Rule): void {
  const transport = rule.matches.some(isTransport);
  let addressesLeft = !transport;
  if (!transport) addProtocol(text, rule);
  for (const match of rule.matches) {
    if (addressesLeft && comesAfterAddresses(match)) {
      addAddresses(text, rule);
      addressesLeft = false;
    }
    if (isTransport(match)) addTransport(text, match, rule);
    else addMatch(text, match);
  }
  if (addressesLeft) addAddresses(text, rule);
  addTarget(text, rule.target);
}

/** kube-proxy's `%#08x` of a mark: at least eight digits. */
export function markText(mark: number): string {
  return `0x${(mark >>> 0).toString(16).padStart(8, "0")}`;
}

type Transport = Extract<Match, { readonly kind: "tcp" | "udp" | "sctp" }>;

function isTransport(match: Match): match is Transport {
  return match.kind === "tcp" || match.kind === "udp" || match.kind === "sctp";
}

function comesAfterAddresses(match: Match): boolean {
  return match.kind === "conntrack" || match.kind === "ipvs";
}

function not(condition: Negatable): string {
  return condition.negated ? " !" : "";
}

function addTransport(text: ByteText, match: Transport, rule: Rule): void {
  text.add(" -m ");
  text.add(match.kind);
  addProtocol(text, rule);
  addAddress(text, " -d ", rule.destination);
  addPort(text, " --sport ", match.sourcePort);
  addPort(text, " --dport ", match.destinationPort);
  addOrigin(text, rule);
}

function addProtocol(text: ByteText, { protocol }: Rule): void {
  if (protocol === undefined) return;
  text.add(not(protocol));
  text.add(" -p ");
  text.add(protocolText(protocol.number));
}

function protocolText(number: number): string {
  if (number === 6) return "tcp";
  return (protocolName(number) ?? String(number)).toLowerCase();
}

function addAddresses(text: ByteText, rule: Rule): void {
  addAddress(text, " -d ", rule.destination);
  addOrigin(text, rule);
}

/** Where it comes from: source address and device. */
function addOrigin(text: ByteText, { source, inDevice, outDevice }: Rule): void {
  addAddress(text, " -s ", source);
  if (inDevice !== undefined) text.add(`${not(inDevice)} -i ${inDevice.name}`);
  if (outDevice !== undefined) text.add(`${not(outDevice)} -o ${outDevice.name}`);
}

function addAddress(text: ByteText, flag: string, condition: AddressCondition | undefined): void {
  if (condition === undefined) return;
  text.add(not(condition));
  text.add(flag);
  addAddressText(text, condition.words);
  if (condition.prefix === condition.words.length * 32 && condition.asNet !== true) return;
  text.add("/");
  text.addNumber(condition.prefix);
}

function addAddressText(text: ByteText, address: AddressWords): void {
  if (address.length > 1) {
    text.add(formatAddress(address));
    return;
  }
  const word = address[0]!;
  text.addNumber(word >>> 24);
  for (let shift = 16; shift >= 0; shift -= 8) {
    text.add(".");
    text.addNumber((word >>> shift) & 255);
  }
}

function addPort(text: ByteText, flag: string, port: ({ from: number; to: number } & Negatable) | undefined): void {
  if (port === undefined) return;
  text.add(not(port));
  text.add(flag);
  text.addNumber(port.from);
  if (port.from === port.to) return;
  text.add(":");
  text.addNumber(port.to);
}

/** A match that is none of a transport protocol, from its ` -m ` on. */
export function addMatch(text: ByteText, match: PlainMatch): void {
  switch (match.kind) {
    case "comment":
      text.add(match.text.includes(" ") ? ' -m comment --comment "' : " -m comment --comment ");
      text.add(match.text);
      if (match.text.includes(" ")) text.add('"');
      break;
    case "statistic":
      if (match.mode === "nth") text.add(` -m statistic --mode nth --every ${match.every} --packet ${match.packet}`);
      else addProbability(text, match.probability31);
      break;
    default:
      text.add(` -m ${match.kind}${matchWords(match)}`);
  }
}

function addProbability(text: ByteText, probability: number): void {
  text.add(" -m statistic --mode random --probability ");
  text.add(probabilityTextOf(probability));
}

export type PlainMatch = Exclude<Match, Transport>;
type RareMatch = Exclude<PlainMatch, { readonly kind: "comment" | "statistic" }>;

function matchWords(match: RareMatch): string {
  switch (match.kind) {
    case "addrtype": {
      const { source, destination } = match;
      const from = source === undefined ? "" : `${not(source)} --src-type ${source.type}`;
      return destination === undefined ? from : `${from}${not(destination)} --dst-type ${destination.type}`;
    }
    case "conntrack":
      return `${not(match)} --ctstate ${match.states.join(",")}`;
    case "state":
      return `${not(match)} --state ${match.states.join(",")}`;
    case "mark":
      return `${not(match)} --mark ${markText(match.value)}/${markText(match.mask)}`;
    case "recent": {
      const seconds = match.seconds === undefined ? "" : ` --seconds ${match.seconds}`;
      return ` --name ${match.name} --${match.action}${seconds}${match.reap ? " --reap" : ""}`;
    }
    case "set":
      return `${not(match)} --match-set ${match.set} ${match.directions.join(",")}`;
    case "nfacct":
      return ` --nfacct-name ${match.name}`;
    case "physdev":
      return `${not(match)} --${match.option}`;
    case "ipvs":
      return ipvsWords(match);
    default:
      return match satisfies never;
  }
}

function ipvsWords({ vaddr, vproto, vport }: Extract<Match, { readonly kind: "ipvs" }>): string {
  let text = "";
  if (vaddr !== undefined) text += ` --vaddr ${formatAddress(vaddr)}`;
  if (vproto !== undefined) text += ` --vproto ${protocolText(vproto)}`;
  if (vport !== undefined) text += ` --vport ${vport}`;
  return text;
}

function addTarget(text: ByteText, target: Target | undefined): void {
  if (target === undefined) return;
  text.add(target.kind === "goto" ? " -g " : " -j ");
  switch (target.kind) {
    case "jump":
    case "goto":
      text.add(target.chain);
      break;
    case "DNAT":
      text.add("DNAT --to-destination ");
      addDestination(text, target.address, target.port);
      break;
    case "MASQUERADE":
      text.add(target.randomFully ? "MASQUERADE --random-fully" : "MASQUERADE");
      break;
    case "REDIRECT":
      text.add(target.port === undefined ? "REDIRECT" : `REDIRECT --to-ports ${target.port}`);
      break;
    case "MARK":
      text.add(`MARK${markWords(target.value, target.mask)}`);
      break;
    default:
      text.add(target.kind);
  }
}

/** `10.0.0.1:80`, `[fd00::1]:80`; without a port the address alone. */
function addDestination(text: ByteText, address: AddressWords, port: number | undefined): void {
  const isBracketed = address.length > 1 && port !== undefined;
  if (isBracketed) text.add("[");
  addAddressText(text, address);
  if (isBracketed) text.add("]");
  if (port === undefined) return;
  text.add(":");
  text.addNumber(port);
}

function markWords(value: number, mask: number): string {
  if (value === mask) return ` --or-mark ${markText(value)}`;
  if (mask === 0) return ` --xor-mark ${markText(value)}`;
  return ` --set-xmark ${markText(value)}/${markText(mask)}`;
}
