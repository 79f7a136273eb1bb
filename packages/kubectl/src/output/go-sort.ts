/** Longer ranges are parted, shorter ones sorted by insertion. */
const longestInsertion = 12;
const shortestNinther = 50;

type Less<T> = (a: T, b: T) => boolean;

/**
 * Sorts as Go's `sort.Sort` does: a pattern-defeating quicksort that leaves equal items in an order of its own, but the same
 * one each time. Items that `less` contradicts itself about come out as they do there.
 */
export function goSort<T>(items: readonly T[], less: Less<T>): T[] {
  const sorter = new Sorter(items, less);
  sorter.sort(0, items.length, 32 - Math.clz32(items.length));
  return sorter.items;
}

type Hint = "unknown" | "increasing" | "decreasing";

class Sorter<T> {
  readonly items: T[];
  readonly #less: Less<T>;

  constructor(items: readonly T[], less: Less<T>) {
    this.items = [...items];
    this.#less = less;
  }

  /** `limit` is how many bad pivots are borne. */
  sort(from: number, to: number, limit: number): void {
    let [a, b, left] = [from, to, limit];
    let wasBalanced = true;
    let wasPartitioned = true;
    for (;;) {
      const length = b - a;
      if (length <= longestInsertion || left === 0) {
        if (length <= longestInsertion) this.#insertion(a, b);
        else this.#heap(a, b);
        return;
      }
      if (!wasBalanced) {
        this.#breakPatterns(a, b);
        left--;
      }
      let { pivot, hint } = this.#choosePivot(a, b);
      if (hint === "decreasing") {
        this.#reverse(a, b);
        pivot = b - 1 - (pivot - a);
        hint = "increasing";
      }
      if (wasBalanced && wasPartitioned && hint === "increasing" && this.#partialInsertion(a, b)) return;
      if (a > 0 && !this.#isLess(a - 1, pivot)) {
        a = this.#partitionEqual(a, b, pivot);
        continue;
      }
      const { middle, already } = this.#partition(a, b, pivot);
      wasPartitioned = already;
      const isLeftShorter = middle - a < b - middle;
      wasBalanced = Math.min(middle - a, b - middle) >= Math.floor(length / 8);
      if (isLeftShorter) {
        this.sort(a, middle, left);
        a = middle + 1;
      } else {
        this.sort(middle + 1, b, left);
        b = middle;
      }
    }
  }

  #isLess(i: number, j: number): boolean {
    return this.#less(this.items[i]!, this.items[j]!);
  }

  #swap(i: number, j: number): void {
    const item = this.items[i]!;
    this.items[i] = this.items[j]!;
    this.items[j] = item;
  }

  #insertion(a: number, b: number): void {
    for (let i = a + 1; i < b; i++) {
      for (let j = i; j > a && this.#isLess(j, j - 1); j--) this.#swap(j, j - 1);
    }
  }

  #heap(a: number, b: number): void {
    const high = b - a;
    for (let i = Math.floor((high - 1) / 2); i >= 0; i--) this.#siftDown(i, high, a);
    for (let i = high - 1; i >= 0; i--) {
      this.#swap(a, a + i);
      this.#siftDown(0, i, a);
    }
  }

  #siftDown(low: number, high: number, first: number): void {
    let root = low;
    for (;;) {
      let child = 2 * root + 1;
      if (child >= high) return;
      if (child + 1 < high && this.#isLess(first + child, first + child + 1)) child++;
      if (!this.#isLess(first + root, first + child)) return;
      this.#swap(first + root, first + child);
      root = child;
    }
  }

  /** Items below the pivot stand before `middle`, all others behind it. */
  #partition(a: number, b: number, pivot: number): { middle: number; already: boolean } {
    this.#swap(a, pivot);
    let i = a + 1;
    let j = b - 1;
    for (let already = true; ; already = false) {
      while (i <= j && this.#isLess(i, a)) i++;
      while (i <= j && !this.#isLess(j, a)) j--;
      if (i > j) {
        this.#swap(j, a);
        return { middle: j, already };
      }
      this.#swap(i++, j--);
    }
  }

  /** What equals the pivot stands before the place that it returns; nothing is below it. */
  #partitionEqual(a: number, b: number, pivot: number): number {
    this.#swap(a, pivot);
    let i = a + 1;
    let j = b - 1;
    for (;;) {
      while (i <= j && !this.#isLess(a, i)) i++;
      while (i <= j && this.#isLess(a, j)) j--;
      if (i > j) return i;
      this.#swap(i++, j--);
    }
  }

  /** Mends a few neighbours; true when that was all there was to do. */
  #partialInsertion(a: number, b: number): boolean {
    let i = a + 1;
    for (let step = 0; step < 5; step++) {
      while (i < b && !this.#isLess(i, i - 1)) i++;
      if (i === b) return true;
      if (b - a < 50) return false;
      this.#swap(i, i - 1);
      if (i - a >= 2) for (let j = i - 1; j >= 1 && this.#isLess(j, j - 1); j--) this.#swap(j, j - 1);
      if (b - i >= 2) for (let j = i + 1; j < b && this.#isLess(j, j - 1); j++) this.#swap(j, j - 1);
    }
    return false;
  }

  /** Three items go elsewhere, by xorshift from the length. */
  #breakPatterns(a: number, b: number): void {
    const length = b - a;
    const mask = 2 ** (32 - Math.clz32(length)) - 1;
    let random = BigInt(length);
    const middle = a + Math.floor(length / 4) * 2;
    for (let at = middle - 1; at <= middle + 1; at++) {
      random ^= BigInt.asUintN(64, random << 13n);
      random ^= random >> 7n;
      random ^= BigInt.asUintN(64, random << 17n);
      const drawn = Number(random & BigInt(mask));
      this.#swap(at, a + (drawn >= length ? drawn - length : drawn));
    }
  }

  #choosePivot(a: number, b: number): { pivot: number; hint: Hint } {
    const quarter = Math.floor((b - a) / 4);
    const counter = { swaps: 0 };
    const places = [a + quarter, a + quarter * 2, a + quarter * 3];
    const [i, j, k] = (
      b - a >= shortestNinther ? places.map((at) => this.#median(at - 1, at, at + 1, counter)) : places
    ) as [number, number, number];
    const pivot = this.#median(i, j, k, counter);
    const hint = counter.swaps === 0 ? "increasing" : counter.swaps === 12 ? "decreasing" : "unknown";
    return { pivot, hint };
  }

  #median(first: number, second: number, third: number, counter: { swaps: number }): number {
    let [a, b, c] = [first, second, third];
    const order = (x: number, y: number): [number, number] => {
      if (!this.#isLess(y, x)) return [x, y];
      counter.swaps++;
      return [y, x];
    };
    [a, b] = order(a, b);
    [b, c] = order(b, c);
    [a, b] = order(a, b);
    return b;
  }

  #reverse(a: number, b: number): void {
    for (let i = a, j = b - 1; i < j; i++, j--) this.#swap(i, j);
  }
}
