import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { type IpFamily, parseAddressWords } from "@kubenetsim/core/net/address";
import type { DeviceInput } from "@kubenetsim/netfilter/engine/address-book";
import type { IpSet } from "@kubenetsim/netfilter/ruleset/ip-set";
import { rule } from "@kubenetsim/netfilter/ruleset/rule";
import { builtinChains, type Chain, type Ruleset, type Table } from "@kubenetsim/netfilter/ruleset/ruleset";
import { parseIpset } from "@kubenetsim/netfilter/text/ipset-parse";
import { parseIptablesSave, parseRestoreInput } from "@kubenetsim/netfilter/text/iptables-parse";
import { parseNftCommands } from "@kubenetsim/netfilter/text/nft-command-parse";
import { parseNftList } from "@kubenetsim/netfilter/text/nft-list-parse";
import { kernelSetName, setCatalog, setNames } from "@kubenetsim/proxy/ipvs/set-catalog";
import { type KubeProxyCase, readKubeProxyCase } from "../conformance/kube-proxy-case.ts";
import { creationOf } from "../conformance/nft-ruleset.ts";
import { isFileIn } from "../conformance/path-of-case.ts";
import type { IptablesHost } from "./iptables-engines.ts";
import type { NftHostRules } from "./nft-observation.ts";
import type { PacketValues } from "./random-packets.ts";

/** One recorded rule set, made ready to send packets by. */
export type RecordedRules = {
  readonly path: string;
  readonly family: IpFamily;
  readonly values: PacketValues;
} & ({ readonly host: Omit<IptablesHost, "stateless"> } | { readonly nft: NftHostRules });

/** The recorded clusters' first node's. */
const nodeAddresses = ["192.168.10.11", "fd00:192:168:10::11"];

/** Every rule set under a folder of recorded cases: iptables-save, nft list and kube-proxy's own tests, names sorted. */
export function* recordedRules(path: string): Generator<RecordedRules> {
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path).sort()) yield* recordedRules(join(path, name));
  } else if (/(^|\/)ip6?tables-save(-c\.raw)?\.txt$/.test(path)) yield savedRules(path);
  else if (/(^|\/)nft-ip6?\.txt$/.test(path)) yield listedRules(path);
  else if (isFileIn(path, "kube-proxy/nftables", ".json")) yield fedRules(path, readKubeProxyCase(path));
  else if (isFileIn(path, "kube-proxy/iptables", ".json")) yield chainsOfCase(path, readKubeProxyCase(path));
  else if (isFileIn(path, "kube-proxy/ipvs", ".json")) yield chainsOfCase(path, readKubeProxyCase(path));
}

function savedRules(path: string): RecordedRules {
  const text = readFileSync(path, "utf8");
  const family = path.includes("ip6tables") ? "IPv6" : "IPv4";
  const setsFile = join(dirname(path), "ipset-list.txt");
  const setsText = statSync(setsFile, { throwIfNoEntry: false }) === undefined ? "" : readFileSync(setsFile, "utf8");
  const ruleset = parseIptablesSave(text, { family, source: path });
  const values = valuesIn(`${text}\n${setsText}`, family);
  const host = {
    ruleset,
    sets: parseIpset(setsText, setsFile),
    devices: devicesOf(nodeAddresses),
    virtualServers: [],
  };
  return { path, family, values, host };
}

function listedRules(path: string): RecordedRules {
  const text = readFileSync(path, "utf8");
  const family = path.endsWith("ip6.txt") ? "IPv6" : "IPv4";
  const transactions = parseNftList(text, { source: path }).map(creationOf);
  return nftRules(path, family, text, transactions, nodeAddresses);
}

function fedRules(path: string, { ruleset = [], ipFamily, node }: KubeProxyCase): RecordedRules {
  const text = `${ruleset.join("\n")}\n`;
  return nftRules(path, ipFamily, text, parseNftCommands(text, { source: path }), addressesOf(node));
}

function nftRules(
  path: string,
  family: IpFamily,
  text: string,
  transactions: NftHostRules["transactions"],
  addresses: readonly string[],
): RecordedRules {
  const values = valuesIn(text, family);
  return { path, family, values, nft: { transactions, devices: devicesOf(addresses) } };
}

function addressesOf({ primaryIP, addresses }: KubeProxyCase["node"]): readonly string[] {
  return addresses.length > 0 || primaryIP === null ? addresses : [primaryIP];
}

function chainsOfCase(path: string, recorded: KubeProxyCase): RecordedRules {
  const { chains = {}, ipsets = {}, ipFamily: family, node } = recorded;
  const lines = Object.entries(chains).flatMap(([table, bodies]) => [
    `*${table}`,
    ...Object.keys(bodies).map((name) => `:${name} - [0:0]`),
    ...Object.entries(bodies).flatMap(([name, rules]) => rules.map((words) => `-A ${name} ${words}`)),
    "COMMIT",
  ]);
  const text = `${lines.join("\n")}\n`;
  const tables = parseRestoreInput(text, { family, source: path }).tables.map(({ name, chains: written }) => {
    return [name, withBuiltins({ name, chains: new Map(written.map((chain) => [chain.name, chain])) })] as const;
  });
  const ruleset: Ruleset = { family, tables: new Map(tables) };
  const values = valuesIn(`${text}\n${Object.values(ipsets).flat().join("\n")}`, family);
  const devices = devicesOf(addressesOf(node));
  return { path, family, values, host: { ruleset, sets: setsOf(ipsets, family), devices, virtualServers: [] } };
}

/** Built-in chains that lead to all that no other leads to: kube-proxy makes those jumps by other means than iptables-restore. */
function withBuiltins({ name, chains }: Table): Table {
  const targets = [...chains.values()].flatMap(({ rules }) => rules.map(({ target }) => target));
  const inner = new Set(
    targets.map((target) => (target !== undefined && "chain" in target ? target.chain : undefined)),
  );
  const rules = [...chains.keys()]
    .filter((chain) => !inner.has(chain))
    .map((chain) => rule({ target: { kind: "jump", chain } }));
  const builtins = builtinChains[name].map((builtin): [string, Chain] => {
    return [builtin, { name: builtin, policy: "ACCEPT", counters: undefined, rules }];
  });
  return { name, chains: new Map([...builtins, ...chains]) };
}

/** All of ipvs mode's, by the name of either family: some recorded cases have the one in the place of the other. */
function setsOf(ipsets: Readonly<Record<string, readonly string[]>>, family: IpFamily): IpSet[] {
  return setNames.flatMap((name) =>
    [...new Set([name, kernelSetName(name, family)])].map((kernelName) => {
      const entries = (ipsets[kernelName] ?? []).map((text) => ({ text, origin: undefined }));
      return { name: kernelName, type: setCatalog[name].type, family, entries };
    }),
  );
}

/** What packets are made of that such rules are about: the addresses, ports and marks that they name, and some that none names. */
function valuesIn(text: string, family: IpFamily): PacketValues {
  const isV4 = family === "IPv4";
  const pattern = isV4 ? /\d+\.\d+\.\d+\.\d+/g : /[0-9a-f]*:[0-9a-f:]*:[0-9a-f]*/g;
  const others = isV4 ? ["10.244.7.7", "192.0.2.7", "127.0.0.1"] : ["fd00:10:244::7", "2001:db8::77", "::1"];
  const addresses = [...new Set([...(text.match(pattern) ?? []), ...others])].flatMap((word) => {
    const known = parseAddressWords(word);
    return known === undefined || known.length !== (isV4 ? 1 : 4) ? [] : [known];
  });
  const named = [...text.matchAll(/(?:port |tcp:|udp:|sctp:|(?:tcp|udp|sctp) \. )(\d+)/g)].map((found) =>
    Number(found[1]),
  );
  return { addresses, ports: [...new Set([...named, 80, 9])], marks: [0x4000, 0x8000], devices: 2 };
}

/** Of a node with these addresses, of whichever family. */
function devicesOf(addresses: readonly string[]): DeviceInput[] {
  return [
    { name: "eth0", addresses: addresses.map((address) => `${address}/${address.includes(":") ? 64 : 24}`) },
    { name: "cni0", addresses: [] },
  ];
}
