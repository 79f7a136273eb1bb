/**
 * A set of paths into an object (structured-merge-diff, fieldpath.Set), as a tree. A step is spelled as in FieldsV1:
 * `f:name` a field or key, `k:{"port":80}` an item by its keys, `v:"a"` an item by its value.
 */
export class FieldSet {
  /** The path to here belongs to the set itself. */
  isMember: boolean = false;
  /** Most paths end: they have none. */
  #children: Map<string, FieldSet> | undefined;

  get children(): ReadonlyMap<string, FieldSet> {
    return this.#children ?? none;
  }

  put(step: string, child: FieldSet): void {
    this.#children ??= new Map();
    this.#children.set(step, child);
  }

  /** Into a set that no other was made of: those share what they have in common. */
  insert(path: readonly string[]): void {
    if (path.length === 0) return;
    let at: FieldSet = this;
    for (const step of path) {
      let next = at.children.get(step);
      if (next === undefined) {
        next = new FieldSet();
        at.put(step, next);
      }
      at = next;
    }
    at.isMember = true;
  }

  has(path: readonly string[]): boolean {
    let at: FieldSet | undefined = this;
    for (const step of path) at = at?.children.get(step);
    return at?.isMember === true;
  }

  get isEmpty(): boolean {
    if (this.isMember) return false;
    for (const child of this.children.values()) if (!child.isEmpty) return false;
    return true;
  }

  union(other: FieldSet | undefined): FieldSet {
    if (other === undefined) return this;
    const result = new FieldSet();
    result.isMember = this.isMember || other.isMember;
    for (const [step, child] of this.children) result.put(step, child.union(other.children.get(step)));
    for (const [step, child] of other.children) if (!this.children.has(step)) result.put(step, child);
    return result;
  }

  difference(other: FieldSet): FieldSet {
    const result = new FieldSet();
    result.isMember = this.isMember && !other.isMember;
    for (const [step, child] of this.children) {
      const removed = other.children.get(step);
      const kept = removed === undefined ? child : child.difference(removed);
      if (!kept.isEmpty) result.put(step, kept);
    }
    return result;
  }

  intersection(other: FieldSet): FieldSet {
    const result = new FieldSet();
    result.isMember = this.isMember && other.isMember;
    for (const [step, child] of this.children) {
      const shared = other.children.get(step);
      if (shared === undefined) continue;
      const kept = child.intersection(shared);
      if (!kept.isEmpty) result.put(step, kept);
    }
    return result;
  }

  /** Without the paths of the other set and all that lie below them. */
  without(other: FieldSet): FieldSet {
    if (other.isMember) return new FieldSet();
    const result = new FieldSet();
    result.isMember = this.isMember;
    for (const [step, child] of this.children) {
      const removed = other.children.get(step);
      const kept = removed === undefined ? child : child.without(removed);
      if (!kept.isEmpty) result.put(step, kept);
    }
    return result;
  }

  /** All paths: those of one level before those below. */
  paths(): string[][] {
    const steps = sortedSteps(this.children.keys());
    return [
      ...steps.filter((step) => this.children.get(step)!.isMember).map((step) => [step]),
      ...steps.flatMap((step) =>
        this.children
          .get(step)!
          .paths()
          .map((path) => [step, ...path]),
      ),
    ];
  }

  static of(paths: readonly (readonly string[])[]): FieldSet {
    const set = new FieldSet();
    for (const path of paths) set.insert(path);
    return set;
  }
}

const none: ReadonlyMap<string, FieldSet> = new Map();

/** `.spec.ports[port=80,protocol="TCP"].name`, as messages spell a path. */
export function pathText(path: readonly string[]): string {
  return path.map(stepText).join("");
}

function stepText(step: string): string {
  const text = step.slice(2);
  if (step.startsWith("f:")) return `.${text}`;
  if (step.startsWith("v:")) return `[=${text}]`;
  const keys = Object.entries(JSON.parse(text) as Record<string, unknown>);
  return `[${keys.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(",")}]`;
}

const kindOrder = "fkvi";

/** Fields by name, then items by their keys, then by value; numbers by their size. */
export function sortedSteps(steps: Iterable<string>): string[] {
  const read = Array.from(steps, readStep);
  return read.sort(compareSteps).map(({ step }) => step);
}

interface ReadStep {
  readonly step: string;
  /** What an item is known by: read once, not at every comparison. */
  readonly value: unknown;
}

function readStep(step: string): ReadStep {
  return { step, value: step.startsWith("f:") ? undefined : JSON.parse(step.slice(2)) };
}

function compareSteps(a: ReadStep, b: ReadStep): number {
  const kinds = kindOrder.indexOf(a.step[0]!) - kindOrder.indexOf(b.step[0]!);
  if (kinds !== 0) return kinds;
  if (a.step.startsWith("f:")) return a.step < b.step ? -1 : a.step > b.step ? 1 : 0;
  return a.step.startsWith("k:") ? compareKeys(a.value as object, b.value as object) : compareValues(a.value, b.value);
}

function compareKeys(a: object, b: object): number {
  const left = Object.entries(a);
  const right = Object.entries(b);
  for (let i = 0; i < left.length && i < right.length; i++) {
    const order = compareValues(left[i]![0], right[i]![0]) || compareValues(left[i]![1], right[i]![1]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareValues(a: unknown, b: unknown): number {
  if (typeof a === typeof b) return (a as string) < (b as string) ? -1 : (a as string) > (b as string) ? 1 : 0;
  return typeof a === "number" ? -1 : typeof b === "number" ? 1 : typeof a === "string" ? -1 : 1;
}
