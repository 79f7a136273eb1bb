import type { NftElementKey } from "@kubenetsim/netfilter/ruleset/nft-expression";
import type { NftElement } from "@kubenetsim/netfilter/ruleset/nft-table";
import type { NftCommand } from "@kubenetsim/netfilter/ruleset/nft-transaction";
import { SortedMap } from "../snapshot/sorted-map.ts";
import type { CommandList } from "./command-list.ts";
import { serviceContainers } from "./containers.ts";
import { elementKeyText, elementValueText } from "./element-key.ts";

/** An element of one of the sets and maps that Services fill. */
export interface HeldElement {
  readonly set: string;
  /** As it is in the kernel; undefined only while a sync is at it. Its comment may be an earlier claimant's. */
  readonly element: NftElement | undefined;
  /** How often Services ask for it. */
  readonly claims: number;
  /** The claims themselves, where they may disagree: in maps. */
  readonly wanted: readonly ElementClaim[];
}

export interface ElementClaim {
  readonly service: string;
  readonly value: string;
}

/**
 * What kube-proxy remembers of the elements in the kernel (nftElementStorage of pkg/proxy/nftables/proxier.go), with the
 * Services that ask for each, so that a sync need not ask all Services. A value.
 */
export interface ElementMemory {
  /** By container and key. */
  readonly held: SortedMap<HeldElement>;
  /** Keys that Services want with different values: each sync writes them once for every Service. */
  readonly contested: ReadonlySet<string>;
}

export const noElements: ElementMemory = { held: SortedMap.empty, contested: new Set() };

/** What a kube-proxy that starts finds in the kernel. */
export function elementsInKernel(elements: Iterable<readonly [set: string, element: NftElement]>): ElementMemory {
  const held = new Map<string, HeldElement>();
  for (const [set, element] of elements) held.set(idOf(set, element), { set, element, claims: 0, wanted: noClaims });
  return { held: SortedMap.from(held), contested: new Set() };
}

type ElementCommand = Extract<NftCommand, { object: "element" }>;

const noClaims: readonly ElementClaim[] = [];

/** One sync's changes to the memory, and the commands that bring the kernel to it. */
export class ElementSync {
  readonly #before: ElementMemory;
  readonly #changed = new Map<string, HeldElement>();
  #contested: Set<string> | undefined;

  constructor(before: ElementMemory) {
    this.#before = before;
  }

  /** Takes all claims off all elements: a full sync makes them anew. */
  forgetClaims(): void {
    for (const { keys, values } of this.#before.held.leaves) {
      for (let i = 0; i < keys.length; i++) this.#changed.set(keys[i]!, { ...values[i]!, claims: 0, wanted: noClaims });
    }
    this.#contested = new Set();
  }

  /** A Service's elements are other ones now. */
  replaceClaims(service: string, before: readonly NftCommand[], after: readonly NftCommand[]): void {
    for (const command of before) if (isElement(command)) this.#drop(command, service);
    for (const command of after) if (isElement(command)) this.#claim(command, service);
  }

  /** The Services that want an element which another one wants otherwise, or did. */
  rivals(): Set<string> {
    const services = new Set<string>();
    for (const id of [...this.#before.contested, ...this.#contestedIds()]) {
      for (const { service } of this.#held(id)?.wanted ?? []) services.add(service);
    }
    return services;
  }

  /** Is it, or was it, wanted differently? */
  isContested({ set, element }: ElementCommand): boolean {
    const id = idOf(set, element);
    return this.#before.contested.has(id) || this.#contestedIds().has(id);
  }

  /** Writes an element if it is not there or leads elsewhere (ensureElem). */
  ensure(list: CommandList, { set, element }: ElementCommand): void {
    const id = idOf(set, element);
    const held = this.#held(id)!;
    const there = held.element;
    if (there !== undefined) {
      if (elementValueText(there) === elementValueText(element)) return;
      list.deleteElement(set, element);
    }
    list.addElement(set, element);
    this.#changed.set(id, { ...held, element });
  }

  /** Deletes what no Service asks for any more (cleanupLeftoverKeys). */
  deleteLeftovers(list: CommandList): void {
    const gone = [...this.#changed.values()].filter(({ element, claims }) => element !== undefined && claims === 0);
    for (const container of serviceContainers) {
      for (const { set, element } of gone) if (set === container) list.deleteElement(set, element!);
    }
  }

  memory(): ElementMemory {
    const changes = new Map<string, HeldElement | undefined>();
    for (const [id, held] of this.#changed) changes.set(id, held.claims === 0 ? undefined : held);
    return { held: this.#before.held.with(changes), contested: this.#contestedIds() };
  }

  #held(id: string): HeldElement | undefined {
    return this.#changed.get(id) ?? this.#before.held.get(id);
  }

  #claim({ set, element }: ElementCommand, service: string): void {
    const id = idOf(set, element);
    const held = this.#held(id) ?? { set, element: undefined, claims: 0, wanted: noClaims };
    const wanted =
      element.verdict === undefined ? noClaims : [...held.wanted, { service, value: elementValueText(element) }];
    this.#put(id, { ...held, claims: held.claims + 1, wanted });
  }

  #drop({ set, element }: ElementCommand, service: string): void {
    const id = idOf(set, element);
    const held = this.#held(id)!;
    const value = elementValueText(element);
    const at = held.wanted.findIndex((claim) => claim.service === service && claim.value === value);
    const wanted = at < 0 ? held.wanted : held.wanted.filter((_, i) => i !== at);
    this.#put(id, { ...held, claims: held.claims - 1, wanted });
  }

  #put(id: string, held: HeldElement): void {
    this.#changed.set(id, held);
    const { wanted } = held;
    const isContested = wanted.some(({ value }) => value !== wanted[0]!.value);
    if (isContested === this.#contestedIds().has(id)) return;
    this.#contested ??= new Set(this.#before.contested);
    if (isContested) this.#contested.add(id);
    else this.#contested.delete(id);
  }

  #contestedIds(): ReadonlySet<string> {
    return this.#contested ?? this.#before.contested;
  }
}

export function isElement(command: NftCommand): command is ElementCommand {
  return command.object === "element";
}

function idOf(set: string, { key }: NftElement): string {
  return elementId(set, key);
}

/** The name of an element in `ElementMemory.held`. */
export function elementId(set: string, key: NftElementKey): string {
  return `${set} ${elementKeyText(key)}`;
}
