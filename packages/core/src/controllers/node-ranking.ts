import type { Node } from "../model/node.ts";

interface Rank {
  readonly node: Node;
  readonly pods: number;
}

/** Nodes by how many Pods they run, the fewest first, then by name: a binary heap, since most Pods take the first. */
export class NodeRanking {
  readonly #heap: Rank[] = [];

  constructor(nodes: Iterable<Node>, podsOn: (name: string) => number) {
    for (const node of nodes) this.#push({ node, pods: podsOn(node.metadata.name) });
  }

  /**
   * The first node that fits, now with one Pod more; among those that fit, fewer `avoided` taints come before fewer
   * Pods. Undefined when none fits.
   */
  take(fits: (node: Node, pods: number) => boolean, avoided: (node: Node) => number): Node | undefined {
    const aside: Rank[] = [];
    let best: { rank: Rank; avoided: number } | undefined;
    for (let rank = this.#pop(); rank !== undefined; rank = this.#pop()) {
      const count = fits(rank.node, rank.pods) ? avoided(rank.node) : Number.POSITIVE_INFINITY;
      if (count < (best?.avoided ?? Number.POSITIVE_INFINITY)) {
        if (best !== undefined) aside.push(best.rank);
        best = { rank, avoided: count };
        if (count === 0) break;
      } else {
        aside.push(rank);
      }
    }
    for (const rank of aside) this.#push(rank);
    if (best === undefined) return undefined;
    this.#push({ node: best.rank.node, pods: best.rank.pods + 1 });
    return best.rank.node;
  }

  #push(rank: Rank): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(rank);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!precedes(rank, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = rank;
  }

  #pop(): Rank | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && precedes(heap[child + 1]!, heap[child]!)) child++;
      if (!precedes(heap[child]!, last!)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last!;
    return first;
  }
}

function precedes(a: Rank, b: Rank): boolean {
  return a.pods !== b.pods ? a.pods < b.pods : a.node.metadata.name < b.node.metadata.name;
}
