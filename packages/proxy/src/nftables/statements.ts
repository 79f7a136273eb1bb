import { type AddressWords, addressWords, type IpAddress } from "@kubenetsim/core/net/address";
import type { Cidr } from "@kubenetsim/core/net/cidr";
import { type Protocol, protocolNumbers } from "@kubenetsim/core/net/protocol";
import type {
  NftElementKey,
  NftField,
  NftKey,
  NftRight,
  NftStatement,
  NftValue,
  NftVerdict,
} from "@kubenetsim/netfilter/ruleset/nft-expression";
import type { NonLocalDetector } from "./nftables-context.ts";

// Parts that many rules share are made once: a large cluster has some ten thousand rules.

const sourceAddress: NftKey = [{ kind: "saddr" }];
const destinationAddress: NftKey = [{ kind: "daddr" }];
const protocolField: NftField = { kind: "l4proto" };
const destinationPort: NftField = { kind: "dport" };

/** `meta l4proto . th dport` */
export const protocolAndPort: NftKey = [protocolField, destinationPort];

/** `ip daddr . meta l4proto . th dport` */
export const destinationKey: NftKey = [{ kind: "daddr" }, protocolField, destinationPort];

/** `ip saddr . ip daddr . meta l4proto . th dport` */
export const connectionKey: NftKey = [{ kind: "saddr" }, { kind: "daddr" }, protocolField, destinationPort];

/** `ip saddr` */
export const sourceKey: NftKey = sourceAddress;

export function match(key: NftKey, right: NftRight, negated = false): NftStatement {
  return { kind: "match", key, negated, right };
}

function matchWord(field: NftField, word: string): NftStatement {
  return match([field], { kind: "value", value: { kind: "word", word } });
}

export const connectionIsNew: NftStatement = matchWord({ kind: "ct-state" }, "new");
export const connectionIsDnat: NftStatement = matchWord({ kind: "ct-status" }, "dnat");
export const sourceIsLocal: NftStatement = matchWord({ kind: "fib-type", of: "saddr" }, "local");
export const destinationIsLocal: NftStatement = matchWord({ kind: "fib-type", of: "daddr" }, "local");

/** `ip daddr @set` */
export function destinationIn(set: string): NftStatement {
  return match(destinationAddress, { kind: "named", set });
}

/** `ip saddr @set` */
export function sourceIn(set: string): NftStatement {
  return match(sourceAddress, { kind: "named", set });
}

/** `ip daddr { 10.96.0.0/12, … }` */
export function destinationInRanges(cidrs: readonly Cidr[]): NftStatement {
  return match(destinationAddress, { kind: "anonymous", elements: cidrs.map((cidr) => [cidrValue(cidr)]) });
}

/** `ip saddr != { 203.0.113.0/24, 1.2.3.4, … }` */
export function sourceOutside(ranges: readonly NftValue[]): NftStatement {
  return match(sourceAddress, { kind: "anonymous", elements: ranges.map((value) => [value]) }, true);
}

/** `ip daddr 127.0.0.0/8` or `ip6 daddr ::1`, or its contrary. */
export function destinationIsLoopback(loopback: NftValue, negated: boolean): NftStatement {
  return match(destinationAddress, { kind: "value", value: loopback }, negated);
}

const protocolValues: Readonly<Record<Protocol, NftValue>> = {
  TCP: { kind: "protocol", number: protocolNumbers.TCP },
  UDP: { kind: "protocol", number: protocolNumbers.UDP },
  SCTP: { kind: "protocol", number: protocolNumbers.SCTP },
};

const protocolMatches: Readonly<Record<Protocol, NftStatement>> = {
  TCP: protocolMatch("TCP"),
  UDP: protocolMatch("UDP"),
  SCTP: protocolMatch("SCTP"),
};

/** `meta l4proto tcp` */
export function isProtocol(protocol: Protocol): NftStatement {
  return protocolMatches[protocol];
}

function protocolMatch(protocol: Protocol): NftStatement {
  return match([protocolField], { kind: "value", value: protocolValue(protocol) });
}

/** Traffic of the node's own pods, or, negated, all other. */
export function isLocalTraffic(detector: NonLocalDetector, negated: boolean): NftStatement {
  if (detector.kind === "cidr") {
    return match(sourceAddress, { kind: "value", value: cidrValue(detector.cidr) }, negated);
  }
  const name = detector.isPrefix ? `${detector.name}*` : detector.name;
  return match([{ kind: "iifname" }], { kind: "value", value: { kind: "device", name } }, negated);
}

/** `vmap @map` */
export function verdictFrom(key: NftKey, map: string): NftStatement {
  return { kind: "vmap", key, map: { kind: "named", map } };
}

export const dropVerdict: NftVerdict = { kind: "drop" };
export const drop: NftStatement = { kind: "verdict", verdict: dropVerdict };
export const reject: NftStatement = { kind: "reject", with: undefined };
export const masquerade: NftStatement = { kind: "masquerade", fullyRandom: true };

export function gotoChain(chain: string): NftVerdict {
  return { kind: "goto", chain };
}

export function goto(chain: string): NftStatement {
  return { kind: "verdict", verdict: gotoChain(chain) };
}

export function jump(chain: string): NftStatement {
  return { kind: "verdict", verdict: { kind: "jump", chain } };
}

/** `mark set mark or M` */
export function setMark(mark: number): NftStatement {
  return { kind: "set-mark", operation: "or", value: mark };
}

export function addressValue(address: IpAddress): NftValue {
  return wordsValue(addressWords(address));
}

export function wordsValue(words: AddressWords): NftValue {
  return { kind: "address", words };
}

export function cidrValue(cidr: Cidr): NftValue {
  return { kind: "cidr", cidr };
}

export function numberValue(number: number): NftValue {
  return { kind: "number", number };
}

export function protocolValue(protocol: Protocol): NftValue {
  return protocolValues[protocol];
}

const numbers: NftElementKey[] = [];

/** 0, 1, 2 … as keys of a map that `numgen` chooses from. */
export function choiceKey(index: number): NftElementKey {
  for (let next = numbers.length; next <= index; next++) numbers.push([numberValue(next)]);
  return numbers[index]!;
}
