import type { NftChain, NftCounter, NftElement, NftRule } from "../ruleset/nft-table.ts";
import { elementReference, type NftReference, statementReferences } from "./nft-references.ts";
import { type NftSetDefinition, StoredSet, type TableMemory } from "./table-memory.ts";

/** A chain as a transaction leaves it. */
interface ChainDraft {
  readonly chain: Omit<NftChain, "rules">;
  readonly rules: NftRule[];
  /** Stands at the end of the table, also where one of this name was deleted. */
  readonly created: boolean;
}

/** A set as a transaction leaves it: what it was (unless `emptied`) with the elements that came and went. */
interface SetDraft {
  definition: NftSetDefinition;
  limits: Pick<NftSetDefinition, "size" | "timeoutSeconds"> | undefined;
  readonly stored: StoredSet | undefined;
  readonly created: boolean;
  emptied: boolean;
  count: number;
  readonly changes: Map<string, NftElement | undefined>;
}

/**
 * A table's memory as the commands so far would leave it. The memory itself changes only with `commit`, so that a command
 * that fails changes nothing.
 */
export class TableTransaction {
  readonly #memory: TableMemory;
  /** In the order in which they were created or first changed; undefined for those deleted. */
  readonly #chains = new Map<string, ChainDraft | undefined>();
  readonly #sets = new Map<string, SetDraft | undefined>();
  readonly #counters = new Map<string, NftCounter | undefined>();
  readonly #uses = new Map<string, number>();

  constructor(memory: TableMemory) {
    this.#memory = memory;
  }

  chain(name: string): Omit<NftChain, "rules"> | undefined {
    return this.#chains.has(name) ? this.#chains.get(name)?.chain : this.#memory.chains.get(name);
  }

  /** All chains, as the commands so far leave them. */
  chainNames(): string[] {
    const stored = [...this.#memory.chains.keys()].filter((name) => !this.#chains.has(name));
    return [...stored, ...[...this.#chains].filter(([, draft]) => draft !== undefined).map(([name]) => name)];
  }

  createChain(chain: Omit<NftChain, "rules">): void {
    this.#chains.delete(chain.name);
    this.#chains.set(chain.name, { chain, rules: [], created: true });
  }

  /** The base of a chain that is there: only its policy can be another. */
  changeChain(chain: Omit<NftChain, "rules">): void {
    const draft = this.#chainDraft(chain.name);
    this.#chains.set(chain.name, { ...draft, chain });
  }

  addRule(chain: string, rule: NftRule): void {
    this.#chainDraft(chain).rules.push(rule);
    this.#hold(statementReferences(rule.statements), 1);
  }

  emptyChain(name: string): void {
    const { rules } = this.#chainDraft(name);
    for (const rule of rules) this.#hold(statementReferences(rule.statements), -1);
    rules.length = 0;
  }

  deleteChain(name: string): void {
    this.#chains.set(name, undefined);
  }

  set(name: string): NftSetDefinition | undefined {
    return this.#sets.has(name) ? this.#sets.get(name)?.definition : this.#memory.sets.get(name);
  }

  createSet(definition: NftSetDefinition): void {
    this.#sets.delete(definition.name);
    const changes = new Map<string, NftElement | undefined>();
    const fresh = { limits: undefined, stored: undefined, created: true, emptied: true, count: 0, changes };
    this.#sets.set(definition.name, { definition, ...fresh });
  }

  /** The limits that a set gets when all commands have held. */
  changeLimits({ name, size, timeoutSeconds }: NftSetDefinition): void {
    this.#setDraft(name).limits = { size, timeoutSeconds };
  }

  /** The size that the kernel gives to a set without one when a rule updates it. */
  limitSet(name: string, size: number): void {
    const draft = this.#setDraft(name);
    draft.definition = { ...definitionOf(draft.definition), size };
  }

  element(set: string, key: string): NftElement | undefined {
    const draft = this.#sets.get(set);
    if (draft === undefined) return this.#memory.sets.get(set)?.element(key);
    return draft.changes.has(key) || draft.emptied ? draft.changes.get(key) : draft.stored?.element(key);
  }

  elementCount(set: string): number {
    return this.#sets.get(set)?.count ?? this.#memory.sets.get(set)?.elementCount ?? 0;
  }

  addElement(set: string, key: string, element: NftElement): void {
    const draft = this.#setDraft(set);
    draft.changes.set(key, element);
    draft.count++;
    this.#holdElement(element, 1);
  }

  deleteElement(set: string, key: string, element: NftElement): void {
    const draft = this.#setDraft(set);
    draft.changes.set(key, undefined);
    draft.count--;
    this.#holdElement(element, -1);
  }

  emptySet(name: string): void {
    const draft = this.#setDraft(name);
    if (!draft.emptied && draft.definition.data === "verdict") {
      for (const element of draft.stored?.elements ?? []) this.#holdElement(element, -1);
      for (const key of draft.changes.keys()) {
        const stored = draft.stored?.element(key);
        if (stored !== undefined) this.#holdElement(stored, 1);
      }
    }
    for (const element of draft.changes.values()) if (element !== undefined) this.#holdElement(element, -1);
    draft.changes.clear();
    draft.emptied = true;
    draft.count = 0;
  }

  deleteSet(name: string): void {
    this.#sets.set(name, undefined);
  }

  counter(name: string): NftCounter | undefined {
    return this.#counters.has(name) ? this.#counters.get(name) : this.#memory.counters.get(name);
  }

  setCounter(name: string, counter: NftCounter | undefined): void {
    if (counter !== undefined) this.#counters.delete(name);
    this.#counters.set(name, counter);
  }

  /** How many rules and elements name it. */
  uses(reference: NftReference): number {
    const key = referenceKey(reference);
    return (this.#memory.uses.get(key) ?? 0) + (this.#uses.get(key) ?? 0);
  }

  /** Writes all into the memory. */
  commit(): void {
    for (const [name, draft] of this.#chains) this.#commitChain(name, draft);
    for (const [name, draft] of this.#sets) this.#commitSet(name, draft);
    for (const [name, counter] of this.#counters) {
      this.#memory.counters.delete(name);
      if (counter !== undefined) this.#memory.counters.set(name, counter);
    }
    for (const [key, change] of this.#uses) {
      const uses = (this.#memory.uses.get(key) ?? 0) + change;
      if (uses === 0) this.#memory.uses.delete(key);
      else this.#memory.uses.set(key, uses);
    }
  }

  #commitChain(name: string, draft: ChainDraft | undefined): void {
    if (draft === undefined || draft.created) this.#memory.chains.delete(name);
    if (draft !== undefined) this.#memory.chains.set(name, { ...draft.chain, rules: draft.rules });
  }

  #commitSet(name: string, draft: SetDraft | undefined): void {
    if (draft === undefined || draft.created) this.#memory.sets.delete(name);
    if (draft === undefined) return;
    const stored = draft.stored ?? new StoredSet(draft.definition);
    const { timeoutSeconds, size = draft.definition.size } = draft.limits ?? draft.definition;
    stored.change(draft.emptied, draft.changes, { size, timeoutSeconds });
    this.#memory.sets.set(name, stored);
  }

  #chainDraft(name: string): ChainDraft {
    let draft = this.#chains.get(name);
    if (draft === undefined) {
      const { rules, ...chain } = this.#memory.chains.get(name)!;
      draft = { chain, rules: [...rules], created: false };
      this.#chains.set(name, draft);
    }
    return draft;
  }

  #setDraft(name: string): SetDraft {
    let draft = this.#sets.get(name);
    if (draft === undefined) {
      const stored = this.#memory.sets.get(name)!;
      const count = stored.elementCount;
      draft = {
        definition: stored,
        limits: undefined,
        stored,
        created: false,
        emptied: false,
        count,
        changes: new Map(),
      };
      this.#sets.set(name, draft);
    }
    return draft;
  }

  #holdElement(element: NftElement, change: 1 | -1): void {
    const reference = elementReference(element);
    if (reference !== undefined) this.#hold([reference], change);
  }

  #hold(references: readonly NftReference[], change: 1 | -1): void {
    for (const reference of references) {
      const key = referenceKey(reference);
      this.#uses.set(key, (this.#uses.get(key) ?? 0) + change);
    }
  }
}

/** Less the elements, and without the live set behind it. */
function definitionOf(set: NftSetDefinition): NftSetDefinition {
  const { name, type, data, flags, size, timeoutSeconds, comment } = set;
  return { name, type, data, flags, size, timeoutSeconds, comment };
}

function referenceKey(reference: NftReference): string {
  return `${reference.object} ${reference.name}`;
}
