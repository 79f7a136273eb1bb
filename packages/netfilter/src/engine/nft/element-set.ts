import type { NftElement } from "../../ruleset/nft-table.ts";
import { ElementIndex, type ElementPattern } from "./element-index.ts";

/** What a set's definition says about its elements' lives. */
export interface ElementLimits {
  /** Milliseconds that an element lives unless it says otherwise; `Infinity` for good. */
  readonly timeoutMs: number;
  /** How many there may be at once. */
  readonly size: number;
  /** Rules add elements, or elements end: what is in it is not for the transactions alone to say. */
  readonly isLive: boolean;
}

/** An element with its place in the set and what it leads to: a verdict word, the index of an endpoint, or -1. */
export interface IndexedElement {
  readonly pattern: ElementPattern;
  readonly action: number;
  /** Undefined for what a rule writes out itself. */
  readonly element: NftElement | undefined;
}

/**
 * The elements of one set or map, ready for look-ups, in slots: a slot stays with an element until it is gone. What a rule
 * adds has no `NftElement` before somebody asks for the list.
 */
export class ElementSet {
  limits: ElementLimits;
  /** By slot. */
  actions: number[] = [];
  readonly #index: ElementIndex;
  #elements: (NftElement | undefined)[] = [];
  #patterns: (ElementPattern | undefined)[] = [];
  #endsMs: number[] = [];
  #free: number[] = [];
  #count = 0;

  constructor(width: number, limits: ElementLimits, index: ElementIndex = new ElementIndex(width)) {
    this.limits = limits;
    this.#index = index;
  }

  /** The slot of the element that the key belongs to, or -1. */
  find(key: Int32Array, nowMs: number): number {
    const slot = this.#index.find(key);
    return slot >= 0 && this.#endsMs[slot]! <= nowMs ? -1 : slot;
  }

  /** The element in a slot; undefined for what a rule has added. */
  elementIn(slot: number): NftElement | undefined {
    return this.#elements[slot];
  }

  /** Adds an element; one with the same key stays as it is. */
  add({ pattern, action, element }: IndexedElement, nowMs: number): void {
    const slot = this.#slotFor(pattern, nowMs);
    if (slot < 0) return;
    this.actions[slot] = action;
    this.#elements[slot] = element;
    const seconds = element?.expiresSeconds ?? element?.timeoutSeconds;
    this.#endsMs[slot] = nowMs + (seconds === undefined ? this.limits.timeoutMs : seconds * 1000);
  }

  remove(pattern: ElementPattern): void {
    const slot = this.#index.remove(pattern);
    if (slot >= 0) this.#release(slot);
  }

  /** What a rule does with a packet's key (net/netfilter/nft_dynset.c); false when the set is full. */
  update(key: Int32Array, refresh: boolean, nowMs: number): boolean {
    const known = this.#index.find(key);
    if (known >= 0 && this.#endsMs[known]! > nowMs) {
      if (refresh) this.#endsMs[known] = nowMs + this.limits.timeoutMs;
      return true;
    }
    if (known < 0 && this.#count >= this.limits.size) this.#sweep(nowMs);
    if (known < 0 && this.#count >= this.limits.size) return false;
    this.add({ pattern: { words: [...key], mask: undefined }, action: -1, element: undefined }, nowMs);
    return true;
  }

  /** Of each element that there is: itself or its key's words, and in how many milliseconds it ends. */
  *entries(nowMs: number): Generator<readonly [element: NftElement | undefined, words: readonly number[], ms: number]> {
    for (const [slot, pattern] of this.#patterns.entries()) {
      const ends = this.#endsMs[slot]!;
      if (pattern !== undefined && ends > nowMs) yield [this.#elements[slot], pattern.words, ends - nowMs];
    }
  }

  fork(): ElementSet {
    const copy = new ElementSet(this.#index.width, this.limits, this.#index.fork());
    copy.actions = [...this.actions];
    copy.#elements = [...this.#elements];
    copy.#patterns = [...this.#patterns];
    copy.#endsMs = [...this.#endsMs];
    copy.#free = [...this.#free];
    copy.#count = this.#count;
    return copy;
  }

  /** A slot for a new element; -1 when there is one with its key that has not ended. */
  #slotFor(pattern: ElementPattern, nowMs: number): number {
    const slot = this.#free.at(-1) ?? this.#patterns.length;
    const old = this.#index.add(pattern, slot);
    if (old >= 0) return this.#endsMs[old]! > nowMs ? -1 : old;
    this.#free.pop();
    this.#patterns[slot] = pattern;
    this.#count++;
    return slot;
  }

  #release(slot: number): void {
    this.#patterns[slot] = undefined;
    this.#elements[slot] = undefined;
    this.#free.push(slot);
    this.#count--;
  }

  #sweep(nowMs: number): void {
    for (const [slot, pattern] of this.#patterns.entries()) {
      if (pattern !== undefined && this.#endsMs[slot]! <= nowMs) this.remove(pattern);
    }
  }
}
