import { formatAddress, type IpAddress, type IpFamily } from "@kubenetsim/core/net/address";
import type { Rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { IptablesCommand } from "./iptables-command.ts";
import type { PortClaims } from "./port-claims.ts";
import { isOfFamily, nodePortRules, type PlacedRule, type ProxyAddress, portalRules } from "./portal-rules.ts";
import { portalsOf, type ServedPort } from "./served-port.ts";

export interface PortalOptions {
  readonly family: IpFamily;
  readonly proxy: ProxyAddress;
  /** All addresses of the node, loopback among them. */
  readonly localAddresses: readonly IpAddress[];
}

/** Opens and closes what leads to a proxy: the rules of all its addresses, and the node's own ports among them. */
export class Portals {
  readonly #options: PortalOptions;
  readonly #claims: PortClaims;
  /** Known from the end of the first sync on: until then none counts as the node's own. */
  #localAddresses: ReadonlySet<string> = new Set();

  constructor(options: PortalOptions, claims: PortClaims) {
    this.#options = options;
    this.#claims = claims;
  }

  learnLocalAddresses(): void {
    this.#localAddresses = new Set(this.#options.localAddresses);
  }

  /** Makes sure of a Service port's rules, up to the first that cannot be; gives what kept it (openPortal). */
  open(iptables: IptablesCommand, served: ServedPort): string | undefined {
    const { name, protocol, nodePort } = served;
    for (const portal of portalsOf(served)) {
      const address = formatAddress(portal.address);
      const isLocal = this.#localAddresses.has(address);
      const conflict = isLocal ? this.#claims.claim(address, portal.port, protocol, name) : undefined;
      const failure = conflict ?? this.#append(iptables, portalRules(served, portal, this.#options.proxy));
      if (failure !== undefined) return failure;
    }
    if (nodePort === 0) return undefined;
    const conflict = this.#claims.claim("", nodePort, protocol, name);
    return conflict ?? this.#append(iptables, nodePortRules(served, nodePort, this.#options.proxy));
  }

  /** Removes a Service port's rules; false when another one holds something of it (closePortal). */
  close(iptables: IptablesCommand, served: ServedPort): boolean {
    const { name, protocol, nodePort } = served;
    const portals = portalsOf(served);
    const rules = portals.flatMap((portal) => portalRules(served, portal, this.#options.proxy));
    if (nodePort !== 0) rules.push(...nodePortRules(served, nodePort, this.#options.proxy));
    for (const { table, chain, rule } of rules) iptables.deleteRule(table, chain, rule);
    const released = portals
      .map(({ address, port }) => ({ address: formatAddress(address), port }))
      .filter(({ address }) => this.#localAddresses.has(address))
      .map(({ address, port }) => this.#claims.release(address, port, protocol, name));
    if (nodePort !== 0) released.push(this.#claims.release("", nodePort, protocol, name));
    return released.every(Boolean);
  }

  fork(claims: PortClaims): Portals {
    const copy = new Portals(this.#options, claims);
    copy.#localAddresses = this.#localAddresses;
    return copy;
  }

  /** Up to the first rule that iptables refuses, as it does an address of the other family. */
  #append(iptables: IptablesCommand, rules: readonly PlacedRule[]): string | undefined {
    for (const { table, chain, rule } of rules) {
      if (!isOfFamily(rule, this.#options.family)) return familyRefusal(rule, this.#options.family);
      iptables.ensureRule("append", table, chain, rule);
    }
    return undefined;
  }
}

/** What checkRule of pkg/util/iptables makes of what iptables 1.8.9 prints when the address is of the other family. */
function familyRefusal({ destination }: Rule, family: IpFamily): string {
  const program = family === "IPv4" ? "iptables" : "ip6tables";
  const address = destination === undefined ? "" : formatAddress(destination.words);
  const reason = family === "IPv4" ? "invalid mask `128' specified" : `host/network \`${address}' not found`;
  const printed = [
    "Ignoring deprecated --wait-interval option.",
    `${program} v1.8.9 (nf_tables): ${reason}`,
    `Try \`${program} -h' or '${program} --help' for more information.`,
  ];
  return `error checking rule: exit status 2: ${printed.join("\n")}\n`;
}
