import type { IpFamily } from "@kubenetsim/core/net/address";
import type { Cidr } from "@kubenetsim/core/net/cidr";
import { lowerProtocol, type Protocol, protocolNumbers } from "@kubenetsim/core/net/protocol";
import type {
  CommentMatch,
  ConntrackMatch,
  ConntrackStateName,
  Match,
  TransportMatch,
} from "@kubenetsim/netfilter/ruleset/match";
import type { AddressCondition, ProtocolCondition } from "@kubenetsim/netfilter/ruleset/rule";
import type { Target } from "@kubenetsim/netfilter/ruleset/target";

// Parts that many rules share are made once: a large cluster has some hundred thousand rules.

export const accept: Target = { kind: "ACCEPT" };
export const drop: Target = { kind: "DROP" };
export const returnTarget: Target = { kind: "RETURN" };

export function jump(chain: string): Target {
  return { kind: "jump", chain };
}

export const jumpToMarkMasq: Target = jump("KUBE-MARK-MASQ");

const rejections: Readonly<Record<IpFamily, Target>> = {
  IPv4: { kind: "REJECT", with: "icmp-port-unreachable" },
  IPv6: { kind: "REJECT", with: "icmp6-port-unreachable" },
};

/** REJECT as iptables takes it when `--reject-with` is not given. */
export function reject(family: IpFamily): Target {
  return rejections[family];
}

export function comment(text: string): CommentMatch {
  return { kind: "comment", text };
}

const protocols: Readonly<Record<Protocol, ProtocolCondition>> = {
  TCP: { negated: false, number: protocolNumbers.TCP },
  UDP: { negated: false, number: protocolNumbers.UDP },
  SCTP: { negated: false, number: protocolNumbers.SCTP },
};

export function protocolCondition(protocol: Protocol): ProtocolCondition {
  return protocols[protocol];
}

const anyPort: Readonly<Record<Protocol, TransportMatch>> = {
  TCP: transport("TCP", undefined),
  UDP: transport("UDP", undefined),
  SCTP: transport("SCTP", undefined),
};

/** `-m tcp` alone. */
export function anyPortOf(protocol: Protocol): TransportMatch {
  return anyPort[protocol];
}

/** `-m tcp --dport PORT`. */
export function toPort(protocol: Protocol, port: number): TransportMatch {
  return transport(protocol, port);
}

function transport(protocol: Protocol, port: number | undefined): TransportMatch {
  return {
    kind: lowerProtocol(protocol),
    sourcePort: undefined,
    destinationPort: port === undefined ? undefined : { negated: false, from: port, to: port },
  };
}

const loopbackNets: Readonly<Record<IpFamily, AddressCondition>> = {
  IPv4: net({ words: [127 << 24], prefix: 8 }),
  IPv6: net({ words: [0, 0, 0, 1], prefix: 128 }),
};

/** 127.0.0.0/8 or ::1/128. */
export function loopbackNet(family: IpFamily): AddressCondition {
  return loopbackNets[family];
}

export function negate(condition: AddressCondition): AddressCondition {
  return { ...condition, negated: true };
}

/** One address. */
export function host(words: readonly number[]): AddressCondition {
  return { negated: false, words, prefix: words.length * 32 };
}

/** A net, which is written with its length even if that is one address. */
export function net({ words, prefix }: Cidr): AddressCondition {
  return { negated: false, words, prefix, asNet: true };
}

export function conntrackStates(states: readonly ConntrackStateName[], negated = false): ConntrackMatch {
  return { kind: "conntrack", negated, states };
}

export const sourceIsLocal: Match = {
  kind: "addrtype",
  source: { negated: false, type: "LOCAL" },
  destination: undefined,
};

export const destinationIsLocal: Match = {
  kind: "addrtype",
  source: undefined,
  destination: { negated: false, type: "LOCAL" },
};

/** `--mark M/M` for the bit that kube-proxy marks packets for masquerading with. */
export function markMatch(mark: number, negated: boolean): Match {
  return { kind: "mark", negated, value: mark, mask: mark };
}
