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
  readonly mask: Int32Array;
  /** Bits that count: more are more specific. */
  readonly bits: number;
  readonly table: KeyTable;
}

/**
 * Finds the element of a key by hashing: among those whose bits all count, and once for each combination of prefix lengths
 * that the others have.
 */
export class ElementIndex {
  readonly width: number;
  #whole: KeyTable;
  /** The most specific first. */
  #shapes: Shape[] = [];
  readonly #masked: Int32Array;

  constructor(width: number) {
    this.width = width;
    this.#whole = new KeyTable(width);
    this.#masked = new Int32Array(width);
  }

  /** The value of the most specific element that the key belongs to, or -1. */
  find(key: Int32Array): number {
    const found = this.width === 1 ? this.#whole.find1(key[0]!) : this.#whole.find(key);
    return found >= 0 || this.#shapes.length === 0 ? found : this.#findRange(key);
  }

  /** Adds an element; the value of one with the same key is kept and given back, else -1. */
  add(pattern: ElementPattern, value: number): number {
    return this.#tableFor(pattern).add(pattern.words, value);
  }

  /** Takes an element out; its value, or -1. */
  remove(pattern: ElementPattern): number {
    return this.#tableFor(pattern).remove(pattern.words);
  }

  fork(): ElementIndex {
    const copy = new ElementIndex(this.width);
    copy.#whole = this.#whole.fork();
    copy.#shapes = this.#shapes.map((shape) => ({ ...shape, table: shape.table.fork() }));
    return copy;
  }

  #findRange(key: Int32Array): number {
    const masked = this.#masked;
    for (const { mask, table } of this.#shapes) {
      for (let i = 0; i < masked.length; i++) masked[i] = key[i]! & mask[i]!;
      const found = table.find(masked);
      if (found >= 0) return found;
    }
    return -1;
  }

  #tableFor({ mask }: ElementPattern): KeyTable {
    if (mask === undefined) return this.#whole;
    const name = mask.join();
    const known = this.#shapes.find((shape) => shape.name === name);
    if (known !== undefined) return known.table;
    const shape = { name, mask: Int32Array.from(mask), bits: bitsOf(mask), table: new KeyTable(this.width) };
    this.#shapes.push(shape);
    this.#shapes.sort((a, b) => b.bits - a.bits);
    return shape.table;
  }
}

function bitsOf(mask: readonly number[]): number {
  return mask.reduce((sum, word) => sum + (word === 0 ? 0 : 32 - trailingZeros(word)), 0);
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}
