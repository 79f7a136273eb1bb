import { mergeTable } from "./merge-table.ts";

/** How a field is merged; the table is generated from the Go types. */
export interface MergeRule {
  /** Of a strategic merge patch: `merge`, `replace`, `retainKeys`. */
  readonly strategies: readonly string[];
  /** By which field a strategic merge patch knows an item; "" for none. */
  readonly mergeKey: string;
  /** Server-side apply: how items of a list are told apart; undefined where the list is one value. */
  readonly items: "set" | readonly ListKey[] | undefined;
  /** Server-side apply: a map or struct that is one value. */
  readonly isAtomic: boolean;
}

/** A field by which an item of a list is known. */
export interface ListKey {
  readonly name: string;
  /** What counts where the item leaves it out. */
  readonly initial: string | number | undefined;
}

interface StructRules {
  readonly isAtomic: boolean;
  readonly fields: ReadonlyMap<string, MergeRule>;
}

const plainRule: MergeRule = { strategies: [], mergeKey: "", items: undefined, isAtomic: false };
const read = new Map<string, StructRules>();

/** The rule of a field of the struct `id` of the field table, e.g. `core.ServiceSpec`. */
export function mergeRule(id: string, field: string): MergeRule {
  return rulesOf(id).fields.get(field) ?? plainRule;
}

/** Is the struct one value for server-side apply, wherever it stands? */
export function isAtomicStruct(id: string): boolean {
  return rulesOf(id).isAtomic;
}

function rulesOf(id: string): StructRules {
  const known = read.get(id);
  if (known !== undefined) return known;
  const words = (mergeTable[id] ?? "").split(" ").filter((word) => word !== "");
  const fields = words.filter((word) => word !== "@atomic").map((word) => fieldRule(word));
  const rules = { isAtomic: words.includes("@atomic"), fields: new Map(fields) };
  read.set(id, rules);
  return rules;
}

/** `ports~merge(port)@map(port=0,protocol="TCP")`. */
function fieldRule(word: string): [string, MergeRule] {
  const [, name = "", strategy, mergeKey = "", , relation, keys] =
    /^(\w+)(?:~([\w,]+)(?:\((\w+)\))?)?(@(\w+)(?:\((.*)\))?)?$/.exec(word)!;
  return [
    name,
    {
      strategies: strategy?.split(",") ?? [],
      mergeKey,
      items: relation === "set" ? "set" : relation === "map" ? keys!.split(",").map(listKey) : undefined,
      isAtomic: relation === "atomic",
    },
  ];
}

function listKey(text: string): ListKey {
  const [name = "", initial] = text.split("=");
  return { name, initial: initial === undefined ? undefined : (JSON.parse(initial) as string | number) };
}
