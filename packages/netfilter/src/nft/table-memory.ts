import type { NftChain, NftCounter, NftElement, NftFamily, NftSet, NftTable } from "../ruleset/nft-table.ts";

/** What an `add set` or `add map` says, less the elements. */
export type NftSetDefinition = Omit<NftSet, "elements">;

/**
 * A set in the kernel's memory: its elements are found by their key. It is a live view: later changes show in it, and
 * `elements` is a new array after each change.
 */
export class StoredSet implements NftSet {
  readonly name: string;
  readonly type: NftSet["type"];
  readonly data: NftSet["data"];
  readonly flags: NftSet["flags"];
  readonly comment: string | undefined;
  #size: number | undefined;
  #timeoutSeconds: number | undefined;
  #byKey: Map<string, NftElement>;
  /** The map is also another fork's: copy it before the first change. */
  #shared: boolean;
  #elements: readonly NftElement[] | undefined;

  constructor(definition: NftSetDefinition, byKey: Map<string, NftElement> = new Map(), shared = false) {
    this.name = definition.name;
    this.type = definition.type;
    this.data = definition.data;
    this.flags = definition.flags;
    this.#size = definition.size;
    this.#timeoutSeconds = definition.timeoutSeconds;
    this.comment = definition.comment;
    this.#byKey = byKey;
    this.#shared = shared;
  }

  get size(): number | undefined {
    return this.#size;
  }

  get timeoutSeconds(): number | undefined {
    return this.#timeoutSeconds;
  }

  get elements(): readonly NftElement[] {
    this.#elements ??= [...this.#byKey.values()];
    return this.#elements;
  }

  get elementCount(): number {
    return this.#byKey.size;
  }

  /** @param keyText of `nftKeyText` */
  element(keyText: string): NftElement | undefined {
    return this.#byKey.get(keyText);
  }

  /**
   * Elements that come (by their key) or, with undefined, go. `limits` are what can become another while the set is there: its
   * size, which the first rule that updates a set without one gives it, and the timeout of elements that come later.
   */
  change(
    emptied: boolean,
    changes: ReadonlyMap<string, NftElement | undefined>,
    limits: Pick<NftSet, "size" | "timeoutSeconds">,
  ): void {
    this.#size = limits.size;
    this.#timeoutSeconds = limits.timeoutSeconds;
    if (!emptied && changes.size === 0) return;
    if (emptied) this.#byKey = new Map();
    else if (this.#shared) this.#byKey = new Map(this.#byKey);
    this.#shared = false;
    this.#elements = undefined;
    for (const [key, element] of changes) {
      if (element === undefined) this.#byKey.delete(key);
      else this.#byKey.set(key, element);
    }
  }

  fork(): StoredSet {
    this.#shared = true;
    return new StoredSet(this, this.#byKey, true);
  }
}

/** One table in the kernel's memory, with the number of rules and elements that hold each of its objects. */
export class TableMemory implements NftTable {
  readonly family: NftFamily;
  readonly name: string;
  readonly comment: string | undefined;
  readonly counters: Map<string, NftCounter>;
  readonly sets: Map<string, StoredSet>;
  readonly chains: Map<string, NftChain>;
  readonly uses: Map<string, number>;

  constructor(family: NftFamily, name: string, comment: string | undefined, from?: TableMemory) {
    this.family = family;
    this.name = name;
    this.comment = comment;
    this.counters = new Map(from?.counters);
    this.sets = new Map([...(from?.sets ?? [])].map(([key, set]) => [key, set.fork()]));
    this.chains = new Map(from?.chains);
    this.uses = new Map(from?.uses);
  }

  fork(): TableMemory {
    return new TableMemory(this.family, this.name, this.comment, this);
  }
}
