import { KeyTable } from "../key-table.ts";

/** Which bits of an element's key count: all, or what prefixes leave. */
export interface ElementPattern {
  readonly words: readonly number[];
  /** Undefined where all bits count. */
  readonly mask: readonly number[] | undefined;
}

/** Elements whose keys have prefixes of the same lengths. */
interface Shape {
  readonly name: string;
  readonly mask: Int32Array | undefined;
  /** Bits that count: more are more specific. */
  readonly bits: number;
  readonly table: KeyTable;
}

/** Finds the element of a key by hashing, once for each combination of prefix lengths that the set's elements have. */
export class ElementIndex {
  readonly width: number;
  /** The most specific first. */
  #shapes: Shape[] = [];
  readonly #masked: Int32Array;

  constructor(width: number) {
    this.width = width;
    this.#masked = new Int32Array(width);
  }

  /** The value of the most specific element that the key belongs to, or -1. */
  find(key: Int32Array): number {
    for (const { mask, table } of this.#shapes) {
      const found = mask === undefined ? table.find(key) : table.find(this.#under(key, mask));
      if (found >= 0) return found;
    }
    return -1;
  }

  /** Adds an element; the value of one with the same key is kept and given back, else -1. */
  add(pattern: ElementPattern, value: number): number {
    return this.#shapeOf(pattern).table.add(pattern.words, value);
  }

  /** Takes an element out; its value, or -1. */
  remove(pattern: ElementPattern): number {
    const shape = this.#shapes.find(({ name }) => name === nameOf(pattern));
    return shape?.table.remove(pattern.words) ?? -1;
  }

  fork(): ElementIndex {
    const copy = new ElementIndex(this.width);
    copy.#shapes = this.#shapes.map((shape) => ({ ...shape, table: shape.table.fork() }));
    return copy;
  }

  #shapeOf(pattern: ElementPattern): Shape {
    const name = nameOf(pattern);
    const known = this.#shapes.find((shape) => shape.name === name);
    if (known !== undefined) return known;
    const mask = pattern.mask === undefined ? undefined : Int32Array.from(pattern.mask);
    const shape = { name, mask, bits: bitsOf(pattern), table: new KeyTable(this.width) };
    this.#shapes.push(shape);
    this.#shapes.sort((a, b) => b.bits - a.bits);
    return shape;
  }

  #under(key: Int32Array, mask: Int32Array): Int32Array {
    const masked = this.#masked;
    for (let i = 0; i < masked.length; i++) masked[i] = key[i]! & mask[i]!;
    return masked;
  }
}

function nameOf({ mask }: ElementPattern): string {
  return mask === undefined ? "" : mask.join();
}

function bitsOf({ words, mask }: ElementPattern): number {
  if (mask === undefined) return words.length * 32;
  return mask.reduce((sum, word) => sum + (word === 0 ? 0 : 32 - trailingZeros(word)), 0);
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}
