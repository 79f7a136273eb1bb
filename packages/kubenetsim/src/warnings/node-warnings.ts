import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { positionOf } from "@kubenetsim/core/apiserver/source-position";
import type { Node } from "@kubenetsim/core/model/node";
import { parseAddress } from "@kubenetsim/core/net/address";
import { type Cidr, cidrContains, parseCidr } from "@kubenetsim/core/net/cidr";
import type { Warning } from "./warning.ts";

type Path = readonly (string | number)[];

/** Nodes with an address that is none or another Node's too, and podCIDRs that overlap: packets could not find their way. */
export function nodeWarnings(state: ClusterState): Warning[] {
  const nodes = state.tables.Node.values();
  return [...addressWarnings(state, nodes), ...rangeWarnings(state, nodes)];
}

function addressWarnings(state: ClusterState, nodes: readonly Node[]): Warning[] {
  const owners = new Map<string, string>();
  return nodes.flatMap((node) =>
    (node.status?.addresses ?? []).flatMap(({ type, address: text }, i) => {
      if (type !== "InternalIP" && type !== "ExternalIP") return [];
      const path = ["status", "addresses", i, "address"];
      const address = parseAddress(text);
      if (address === undefined) return [warn(state, node, path, `its ${type} "${text}" is not an IP address`)];
      const owner = owners.get(address);
      if (owner === undefined) owners.set(address, node.metadata.name);
      if (owner === undefined || owner === node.metadata.name) return [];
      return [warn(state, node, path, `its ${type} ${text} is Node ${owner}'s too`)];
    }),
  );
}

interface Range {
  readonly node: Node;
  readonly text: string;
  readonly cidr: Cidr;
}

/** Ranges overlap only when one holds the other: sorted by their first address, the larger first, the outer one comes before. */
function rangeWarnings(state: ClusterState, nodes: readonly Node[]): Warning[] {
  const ranges = nodes.flatMap(rangesOf).sort((a, b) => compare(a.cidr, b.cidr));
  const warnings: Warning[] = [];
  let widest: Range | undefined;
  for (const range of ranges) {
    if (widest === undefined || !cidrContains(widest.cidr, range.cidr.words)) widest = range;
    else if (widest.node !== range.node) {
      const text = `its podCIDR ${range.text} overlaps ${widest.text} of Node ${widest.node.metadata.name}`;
      warnings.push(warn(state, range.node, ["spec", "podCIDR"], text));
    }
  }
  return warnings;
}

function rangesOf(node: Node): Range[] {
  const texts = new Set(node.spec?.podCIDRs ?? (node.spec?.podCIDR === undefined ? [] : [node.spec.podCIDR]));
  return [...texts].flatMap((text) => {
    const cidr = parseCidr(text);
    return cidr === undefined ? [] : [{ node, text, cidr }];
  });
}

/** By family, first address, and the larger first. */
function compare(a: Cidr, b: Cidr): number {
  if (a.words.length !== b.words.length) return a.words.length - b.words.length;
  for (const [i, word] of a.words.entries()) if (word !== b.words[i]) return (word >>> 0) - (b.words[i]! >>> 0);
  return a.prefix - b.prefix;
}

function warn(state: ClusterState, node: Node, path: Path, text: string): Warning {
  const { name } = node.metadata;
  return { message: `Node ${name}: ${text}`, position: positionOf(state, "Node", name, path) };
}
