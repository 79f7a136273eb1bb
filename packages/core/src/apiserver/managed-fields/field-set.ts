/**
 * A set of paths into an object (structured-merge-diff, fieldpath.Set), as a tree. A step is spelled as in FieldsV1:
 * `f:name` a field or key, `k:{"port":80}` an item by its keys, `v:"a"` an item by its value.
 */
export class FieldSet {
  /** The path to here belongs to the set itself. */
  isMember: boolean = false;
  readonly children: Map<string, FieldSet> = new Map();

  insert(path: readonly string[]): void {
    if (path.length === 0) return;
    let at: FieldSet = this;
    for (const step of path) {
      let next = at.children.get(step);
      if (next === undefined) {
        next = new FieldSet();
        at.children.set(step, next);
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
    return !this.isMember && [...this.children.values()].every((child) => child.isEmpty);
  }

  union(other: FieldSet | undefined): FieldSet {
    const result = new FieldSet();
    result.isMember = this.isMember || other?.isMember === true;
    for (const [step, child] of this.children) result.children.set(step, child.union(other?.children.get(step)));
    for (const [step, child] of other?.children ?? []) {
      if (!this.children.has(step)) result.children.set(step, child.union(undefined));
    }
    return result;
  }

  difference(other: FieldSet): FieldSet {
    return this.#kept(other, (inOther) => !inOther);
  }

  intersection(other: FieldSet): FieldSet {
    return this.#kept(other, (inOther) => inOther);
  }

  /** Without the paths of the other set and all that lie below them. */
  without(other: FieldSet): FieldSet {
    if (other.isMember) return new FieldSet();
    const result = new FieldSet();
    result.isMember = this.isMember;
    for (const [step, child] of this.children) {
      const removed = other.children.get(step);
      const kept = removed === undefined ? child : child.without(removed);
      if (!kept.isEmpty) result.children.set(step, kept);
    }
    return result;
  }

  #kept(other: FieldSet | undefined, wanted: (inOther: boolean) => boolean): FieldSet {
    const result = new FieldSet();
    result.isMember = this.isMember && wanted(other?.isMember === true);
    for (const [step, child] of this.children) {
      const kept = child.#kept(other?.children.get(step), wanted);
      if (!kept.isEmpty) result.children.set(step, kept);
    }
    return result;
  }

  /** All paths: those of one level before those below. */
  paths(): string[][] {
    const steps = [...this.children.keys()].sort(compareSteps);
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
export function compareSteps(a: string, b: string): number {
  const kinds = kindOrder.indexOf(a[0]!) - kindOrder.indexOf(b[0]!);
  if (kinds !== 0) return kinds;
  if (a.startsWith("f:")) return a < b ? -1 : a > b ? 1 : 0;
  const left: unknown = JSON.parse(a.slice(2));
  const right: unknown = JSON.parse(b.slice(2));
  return a.startsWith("k:") ? compareKeys(left as object, right as object) : compareValues(left, right);
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
