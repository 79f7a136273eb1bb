import type { AddressWords, IpAddress, IpFamily } from "@kubenetsim/core/net/address";
import { addressWords } from "@kubenetsim/core/net/address";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import type { Match } from "@kubenetsim/netfilter/ruleset/match";
import { type Rule, rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import type { Target } from "@kubenetsim/netfilter/ruleset/target";
import { accept, comment, destinationIsLocal, host, protocolCondition, toPort } from "../iptables/rule-parts.ts";
import { originOf } from "../snapshot/service-port.ts";
import { portalChains } from "./portal-chains.ts";

/** An address and a port at which a Service port is served. */
export interface Portal {
  readonly address: AddressWords;
  readonly port: number;
  /** One of the Service's external IPs: not from bridged Pods, but for those of them that are the node's own. */
  readonly isExternal: boolean;
  /** `cluster IP`, `external IP`, `load balancer IP`. */
  readonly reason: string;
}

/** What all rules of a Service port have in common. */
export interface PortalOwner {
  /** `namespace/name:port`: what the rules' comments say. */
  readonly name: string;
  /** `namespace/name`. */
  readonly service: string;
  readonly protocol: Protocol;
  /** Where kube-proxy listens for it. */
  readonly proxyPort: number;
}

/** Where kube-proxy listens, and the address by which its own node reaches it. */
export interface ProxyAddress {
  /** `--bind-address`: `0.0.0.0` for all of IPv4, `::` for all addresses. */
  readonly listenIP: IpAddress;
  readonly hostIP: IpAddress;
}

export function isAnyAddress(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

/** A rule, and where it is appended. */
export interface PlacedRule {
  readonly table: TableName;
  readonly chain: string;
  readonly rule: Rule;
}

const notBridged: Match = { kind: "physdev", negated: true, option: "physdev-is-in" };

/** The rules of one portal, in the order in which they are appended (openOnePortal). */
export function portalRules(owner: PortalOwner, portal: Portal, proxy: ProxyAddress): PlacedRule[] {
  const from = (matches: readonly Match[], target: Target): Rule =>
    portRule(owner, portal.port, target, portal.reason, portal.address, matches);
  const redirect = toProxyFromOutside(owner, proxy);
  const dnat = toProxyFromHost(owner, proxy);
  const { containerPortals, hostPortals } = portalChains;
  if (!portal.isExternal) return [nat(containerPortals, from([], redirect)), nat(hostPortals, from([], dnat))];
  return [
    nat(containerPortals, from([notBridged], redirect)),
    nat(containerPortals, from([destinationIsLocal], redirect)),
    nat(hostPortals, from([destinationIsLocal], dnat)),
  ];
}

/** The rules of a node port, in the order in which they are appended (openNodePort). */
export function nodePortRules(owner: PortalOwner, nodePort: number, proxy: ProxyAddress): PlacedRule[] {
  const opened: readonly Match[] = [{ kind: "state", negated: false, states: ["NEW"] }];
  const letIn = portRule(owner, owner.proxyPort, accept, "let node port traffic in", undefined, opened);
  return [
    nat(portalChains.containerNodePorts, portRule(owner, nodePort, toProxyFromOutside(owner, proxy), "node port")),
    nat(portalChains.hostNodePorts, portRule(owner, nodePort, toProxyFromHost(owner, proxy), "node port")),
    { table: "filter", chain: portalChains.nonLocalNodePorts, rule: letIn },
  ];
}

function nat(chain: string, one: Rule): PlacedRule {
  return { table: "nat", chain, rule: one };
}

function portRule(
  owner: PortalOwner,
  port: number,
  target: Target,
  reason: string,
  address?: AddressWords,
  more: readonly Match[] = [],
): Rule {
  const { name, protocol } = owner;
  return rule({
    destination: address === undefined ? undefined : host(address),
    protocol: protocolCondition(protocol),
    matches: [comment(name), toPort(protocol, port), ...more],
    target,
    origin: originOf(owner, reason),
  });
}

/** REDIRECT sends to the address of the device by which a packet came: from there the answer comes back the same way. */
function toProxyFromOutside({ proxyPort }: PortalOwner, { listenIP }: ProxyAddress): Target {
  if (isAnyAddress(listenIP)) return { kind: "REDIRECT", port: proxyPort };
  return { kind: "DNAT", address: addressWords(listenIP), port: proxyPort };
}

/** Of packets that the node itself sends REDIRECT would make ones to 127.0.0.1. */
function toProxyFromHost({ proxyPort }: PortalOwner, { listenIP, hostIP }: ProxyAddress): Target {
  return { kind: "DNAT", address: addressWords(isAnyAddress(listenIP) ? hostIP : listenIP), port: proxyPort };
}

/** Does a rule name an address of the other family? iptables refuses it then. */
export function isOfFamily({ destination, target }: Rule, family: IpFamily): boolean {
  const length = family === "IPv4" ? 1 : 4;
  if (destination !== undefined && destination.words.length !== length) return false;
  return target?.kind !== "DNAT" || target.address.length === length;
}
