import type { Match } from "@kubenetsim/netfilter/ruleset/match";
import { type Rule, rule } from "@kubenetsim/netfilter/ruleset/rule";
import type { Chain, Ruleset, Table, TableName } from "@kubenetsim/netfilter/ruleset/ruleset";
import type { Target } from "@kubenetsim/netfilter/ruleset/target";

const tcp = { number: 6, negated: false };
const comment = (text: string): Match => ({ kind: "comment", text });
const port = (number: number): Match => ({
  kind: "tcp",
  sourcePort: undefined,
  destinationPort: { from: number, to: number, negated: false },
});
const anyPort: Match = { kind: "tcp", sourcePort: undefined, destinationPort: undefined };
const jump = (chain: string): Target => ({ kind: "jump", chain });
const host = (word: number) => ({ words: [word], prefix: 32, negated: false });
const podNetwork = { words: [(10 << 24) | (244 << 16)], prefix: 16 };
const markMatch = (negated: boolean): Match => ({ kind: "mark", negated, value: 0x4000, mask: 0x4000 });

/** ClusterIP of Service number `i`, port 80. */
export const serviceAddress = (i: number): number => (10 << 24) | (96 << 16) | (i + 10);
/** Endpoint `e` of Service `i`, port 8080. */
export const endpointAddress = (i: number, e: number, endpoints: number): number =>
  (10 << 24) | ((244 << 16) + i * endpoints + e);

const name = (prefix: string, number: number) => `${prefix}${number.toString(36).toUpperCase().padStart(16, "A")}`;

/** Rules of one node as kube-proxy writes them in iptables mode for ClusterIP Services with endpoints. */
export function kubeProxyRuleset(services: number, endpoints: number, withComments = true): Ruleset {
  const nat = new Map<string, Chain>();
  const put = (chains: Map<string, Chain>, chain: string, rules: readonly Rule[], policy?: "ACCEPT") =>
    chains.set(chain, { name: chain, policy, counters: undefined, rules });
  const note = (text: string) => (withComments ? [comment(text)] : []);
  const portals = [comment("kubernetes service portals")];
  put(nat, "PREROUTING", [rule({ matches: portals, target: jump("KUBE-SERVICES") })], "ACCEPT");
  put(nat, "INPUT", [], "ACCEPT");
  put(nat, "OUTPUT", [rule({ matches: portals, target: jump("KUBE-SERVICES") })], "ACCEPT");
  put(
    nat,
    "POSTROUTING",
    [rule({ matches: [comment("kubernetes postrouting rules")], target: jump("KUBE-POSTROUTING") })],
    "ACCEPT",
  );
  put(nat, "KUBE-MARK-MASQ", [rule({ target: { kind: "MARK", value: 0x4000, mask: 0x4000 } })]);
  put(nat, "KUBE-NODEPORTS", []);
  put(nat, "KUBE-POSTROUTING", [
    rule({ matches: [markMatch(true)], target: { kind: "RETURN" } }),
    rule({ target: { kind: "MARK", value: 0x4000, mask: 0 } }),
    rule({
      matches: [comment("kubernetes service traffic requiring SNAT")],
      target: { kind: "MASQUERADE", randomFully: true },
    }),
  ]);
  const portalRules: Rule[] = [];
  for (let i = 0; i < services; i++) {
    const svc = name("KUBE-SVC-", i);
    const service = `default/svc${i}:http`;
    const address = host(serviceAddress(i));
    const matches = [comment(`${service} cluster IP`), port(80)];
    portalRules.push(rule({ destination: address, protocol: tcp, matches, target: jump(svc) }));
    const source = { ...podNetwork, negated: true };
    const own = [rule({ source, destination: address, protocol: tcp, matches, target: jump("KUBE-MARK-MASQ") })];
    for (let e = 0; e < endpoints; e++) {
      const sep = name("KUBE-SEP-", i * endpoints + e);
      const word = endpointAddress(i, e, endpoints);
      const probability31 = Math.round(Number((1 / (endpoints - e)).toFixed(10)) * 2 ** 31);
      const chance: Match[] =
        e < endpoints - 1 ? [{ kind: "statistic", negated: false, mode: "random", probability31 }] : [];
      own.push(rule({ matches: [...note(`${service} -> endpoint`), ...chance], target: jump(sep) }));
      put(nat, sep, [
        rule({ source: host(word), matches: note(service), target: jump("KUBE-MARK-MASQ") }),
        rule({
          protocol: tcp,
          matches: [...note(service), anyPort],
          target: { kind: "DNAT", address: [word], port: 8080 },
        }),
      ]);
    }
    put(nat, svc, own);
  }
  portalRules.push(
    rule({
      matches: [
        comment("kubernetes service nodeports; NOTE: this must be the last rule in this chain"),
        { kind: "addrtype", source: undefined, destination: { negated: false, type: "LOCAL" } },
      ],
      target: jump("KUBE-NODEPORTS"),
    }),
  );
  put(nat, "KUBE-SERVICES", portalRules);
  const tables = new Map<TableName, Table>([
    ["filter", { name: "filter", chains: filterChains() }],
    ["nat", { name: "nat", chains: nat }],
  ]);
  return { family: "IPv4", tables };
}

function filterChains(): Map<string, Chain> {
  const isNew: Match = { kind: "conntrack", negated: false, states: ["NEW"] };
  const to = (chain: string, ...matches: Match[]) =>
    rule({ matches: [...matches, comment(chain)], target: jump(chain) });
  const chains: [string, "ACCEPT" | undefined, Rule[]][] = [
    ["INPUT", "ACCEPT", [to("KUBE-PROXY-FIREWALL", isNew), to("KUBE-NODEPORTS"), to("KUBE-EXTERNAL-SERVICES", isNew)]],
    [
      "FORWARD",
      "ACCEPT",
      [
        to("KUBE-PROXY-FIREWALL", isNew),
        to("KUBE-FORWARD"),
        to("KUBE-SERVICES", isNew),
        to("KUBE-EXTERNAL-SERVICES", isNew),
      ],
    ],
    ["OUTPUT", "ACCEPT", [to("KUBE-PROXY-FIREWALL", isNew), to("KUBE-SERVICES", isNew)]],
    ["KUBE-PROXY-FIREWALL", undefined, []],
    ["KUBE-NODEPORTS", undefined, []],
    ["KUBE-SERVICES", undefined, []],
    ["KUBE-EXTERNAL-SERVICES", undefined, []],
    [
      "KUBE-FORWARD",
      undefined,
      [
        rule({ matches: [{ ...isNew, states: ["INVALID"] }], target: { kind: "DROP" } }),
        rule({ matches: [comment("kubernetes forwarding rules"), markMatch(false)], target: { kind: "ACCEPT" } }),
        rule({
          matches: [
            comment("kubernetes forwarding conntrack rule"),
            { kind: "conntrack", negated: false, states: ["RELATED", "ESTABLISHED"] },
          ],
          target: { kind: "ACCEPT" },
        }),
      ],
    ],
  ];
  return new Map(chains.map(([chain, policy, rules]) => [chain, { name: chain, policy, counters: undefined, rules }]));
}
