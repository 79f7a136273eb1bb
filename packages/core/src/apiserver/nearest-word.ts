/**
 * The word that is nearest to a misspelt one, by edits of single letters and swaps of two neighbours; undefined when none
 * is near: a short word may have fewer edits than a long one, and each part of a `namespace/name` is a word of its own.
 *
 * @example nearestWord("shop/wep", ["shop/web", "shop/api"]); // "shop/web"
 */
export function nearestWord(word: string, words: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of words) {
    const distance = distanceBetween(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** The edits from one word to another; infinitely many where a part of it has too many. */
function distanceBetween(word: string, candidate: string): number {
  const parts = word.split("/");
  const others = candidate.split("/");
  if (parts.length !== others.length) return Number.POSITIVE_INFINITY;
  return parts.reduce((sum, part, i) => {
    const distance = editDistance(part, others[i]!);
    return distance <= mostEdits(part.length) ? sum + distance : Number.POSITIVE_INFINITY;
  }, 0);
}

/** Of two letters one would be half of the word. */
function mostEdits(length: number): number {
  if (length <= 2) return 0;
  if (length <= 4) return 1;
  return length <= 8 ? 2 : 3;
}

/** Levenshtein's distance, in which a swap of neighbours is one edit too. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? beforeLast[j - 2]! + 1 : change;
      row.push(Math.min(change, swap, last[j]! + 1, row[j - 1]! + 1));
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
