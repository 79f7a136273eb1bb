import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import type { EndpointSlice, SliceEndpoint } from "@kubenetsim/core/model/endpoint-slice";
import type { Node } from "@kubenetsim/core/model/node";
import type { ContainerPort, Pod } from "@kubenetsim/core/model/pod";
import { type AddressWords, addToAddress, formatAddress, parseAddressWords } from "@kubenetsim/core/net/address";
import { type Cidr, cidrContains, parseCidr } from "@kubenetsim/core/net/cidr";
import { nodeAddresses } from "@kubenetsim/network/topology/fabric";
import { podAddresses } from "@kubenetsim/network/topology/pod-host";
import type { ChangedObjects, Replaced } from "./changed-objects.ts";

/** An endpoint that may need a Pod. */
interface Claim {
  readonly slice: EndpointSlice;
  readonly sliceKey: ObjectKey;
  readonly nodeName: string | undefined;
  readonly words: AddressWords;
  readonly address: string;
}

/**
 * Pods for the endpoints of slices that came without their Pods: slices are taken as they are, so what they name answers
 * on the slice's ports. None is made for an address that is a Pod's or a node's, nor for one that is on no node. What several
 * slices say of one Pod is taken in the order of their names.
 *
 * They hold for the nodes that were there at the beginning.
 */
export class StandInPods {
  readonly #nodes: Places;
  /** Who wants a Pod of a name. */
  readonly #claims = new Map<ObjectKey, Claim[]>();
  /** The names by the addresses that are claimed for them. */
  readonly #names = new Map<string, Set<ObjectKey>>();
  /** How many Pods have an address. */
  readonly #taken = new Map<string, number>();
  readonly #made = new Map<ObjectKey, Pod>();
  /** The objects whose claims are not read yet: nobody asks for them where all endpoints have their Pods from the beginning. */
  #unread: ClusterState | undefined;

  constructor(state: ClusterState) {
    this.#nodes = placesOf(state.tables.Node.values());
    this.#unread = state;
    if (!state.tables.EndpointSlice.values().some((slice) => this.#lacksPods(state, slice))) return;
    this.#read();
    for (const name of this.#claims.keys()) this.#make(state, name);
  }

  /** Is there an endpoint for which a Pod may have to be made? */
  #lacksPods({ tables }: ClusterState, slice: EndpointSlice): boolean {
    return (slice.endpoints ?? []).some((endpoint) => {
      const { targetRef, nodeName } = endpoint;
      if (targetRef?.kind === "Pod" && tables.Pod.has(nameOf(slice, endpoint, ""))) return false;
      const words = parseAddressWords(endpoint.addresses[0] ?? "");
      if (words === undefined || this.#nodes.own.has(formatAddress(words))) return false;
      return nodeOf(this.#nodes, { nodeName, words }) !== undefined;
    });
  }

  #read(): void {
    for (const pod of this.#unread?.tables.Pod.values() ?? []) this.#take(pod, 1, new Set());
    for (const slice of this.#unread?.tables.EndpointSlice.values() ?? []) this.#claim(slice, new Set());
    this.#unread = undefined;
  }

  values(): Iterable<Pod> {
    return this.#made.values();
  }

  /** Brings them up to date, and tells which went and which came. */
  update(state: ClusterState, changed: ChangedObjects): Replaced<Pod>[] {
    this.#read();
    const touched = new Set<ObjectKey>();
    for (const { key, before, after } of changed.of("Pod")) {
      touched.add(key);
      if (before !== undefined) this.#take(before, -1, touched);
      if (after !== undefined) this.#take(after, 1, touched);
    }
    for (const { before, after } of changed.of("EndpointSlice")) {
      if (before !== undefined) this.#disclaim(before, touched);
      if (after !== undefined) this.#claim(after, touched);
    }
    return [...touched].flatMap((key) => {
      const before = this.#made.get(key);
      const after = this.#make(state, key);
      return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ key, before, after }];
    });
  }

  /** Counts a Pod's addresses, or no longer. */
  #take(pod: Pod, by: 1 | -1, touched: Set<ObjectKey>): void {
    for (const words of podAddresses(pod)) {
      const address = formatAddress(words);
      const count = (this.#taken.get(address) ?? 0) + by;
      if (count === 0) this.#taken.delete(address);
      else this.#taken.set(address, count);
      for (const name of this.#names.get(address) ?? []) touched.add(name);
    }
  }

  #claim(slice: EndpointSlice, touched: Set<ObjectKey>): void {
    for (const [name, claim] of claimsOf(slice)) {
      touched.add(name);
      append(this.#claims, name, claim);
      const names = this.#names.get(claim.address);
      if (names === undefined) this.#names.set(claim.address, new Set([name]));
      else names.add(name);
    }
  }

  #disclaim(slice: EndpointSlice, touched: Set<ObjectKey>): void {
    for (const [name, { address }] of claimsOf(slice)) {
      touched.add(name);
      const rest = (this.#claims.get(name) ?? []).filter((claim) => claim.slice !== slice);
      if (rest.length === 0) this.#claims.delete(name);
      else this.#claims.set(name, rest);
      if (rest.some((claim) => claim.address === address)) continue;
      const names = this.#names.get(address);
      names?.delete(name);
      if (names?.size === 0) this.#names.delete(address);
    }
  }

  #make(state: ClusterState, name: ObjectKey): Pod | undefined {
    const claims = state.tables.Pod.has(name) ? [] : (this.#claims.get(name) ?? []);
    const open = claims.filter(({ address }) => !this.#taken.has(address) && !this.#nodes.own.has(address));
    const placed = open.flatMap((claim) => {
      const nodeName = nodeOf(this.#nodes, claim);
      return nodeName === undefined ? [] : [{ ...claim, nodeName }];
    });
    if (placed.length === 0) {
      this.#made.delete(name);
      return undefined;
    }
    const pod = standIn(name, placed.length === 1 ? placed : placed.sort(bySlice));
    this.#made.set(name, pod);
    return pod;
  }
}

/** What a slice claims, by the names of the Pods. */
function claimsOf(slice: EndpointSlice): [ObjectKey, Claim][] {
  const sliceKey = `${slice.metadata.namespace ?? "default"}/${slice.metadata.name}`;
  const claims: [ObjectKey, Claim][] = [];
  for (const endpoint of slice.endpoints ?? []) {
    const words = parseAddressWords(endpoint.addresses[0] ?? "");
    if (words === undefined) continue;
    const address = formatAddress(words);
    const name = nameOf(slice, endpoint, address);
    claims.push([name, { slice, sliceKey, nodeName: endpoint.nodeName, words, address }]);
  }
  return claims;
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function bySlice(a: Claim, b: Claim): number {
  if (a.sliceKey === b.sliceKey) return 0;
  return a.sliceKey < b.sliceKey ? -1 : 1;
}

/** Where addresses belong. */
interface Places {
  /** Addresses of the nodes and of their bridges. */
  readonly own: ReadonlySet<string>;
  readonly ranges: ReadonlyMap<string, readonly Cidr[]>;
}

function placesOf(nodes: readonly Node[]): Places {
  const ranges = new Map(nodes.map((node) => [node.metadata.name, podRanges(node)]));
  const bridges = [...ranges.values()].flat().map(({ words }) => addToAddress(words, 1));
  return { own: new Set([...nodes.flatMap(nodeAddresses), ...bridges].map(formatAddress)), ranges };
}

function podRanges({ spec }: Node): Cidr[] {
  const texts = spec?.podCIDRs ?? (spec?.podCIDR === undefined ? [] : [spec.podCIDR]);
  return texts.map(parseCidr).filter((range) => range !== undefined);
}

/** The Pod that an endpoint names; one after its address where it names none. */
function nameOf(slice: EndpointSlice, { targetRef }: SliceEndpoint, address: string): ObjectKey {
  const namespace = slice.metadata.namespace ?? "default";
  if (targetRef?.kind !== "Pod" || targetRef.name === undefined) return `${namespace}/endpoint-${address}`;
  return `${targetRef.namespace ?? namespace}/${targetRef.name}`;
}

function nodeOf({ ranges }: Places, { nodeName, words }: Pick<Claim, "nodeName" | "words">): string | undefined {
  if (nodeName !== undefined && ranges.has(nodeName)) return nodeName;
  return [...ranges].find(([, own]) => own.some((range) => cidrContains(range, words)))?.[0];
}

/** A Pod with all that the slices say of it; the last one says on which node it is. */
function standIn(key: ObjectKey, claims: readonly (Claim & { readonly nodeName: string })[]): Pod {
  const [namespace = "", name = ""] = key.split("/");
  const ports = new Map<string, ContainerPort>();
  for (const { slice } of claims) {
    for (const { port, protocol = "TCP" } of slice.ports ?? []) {
      if (port !== undefined) ports.set(`${port}/${protocol}`, { containerPort: port, protocol });
    }
  }
  const addresses = new Set(claims.map(({ address }) => address));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace },
    spec: {
      nodeName: claims.at(-1)!.nodeName,
      containers: [{ name: "of-its-EndpointSlice", ports: [...ports.values()] }],
    },
    status: { phase: "Running", podIPs: [...addresses].map((ip) => ({ ip })) },
  };
}
