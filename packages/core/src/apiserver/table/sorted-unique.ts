/** The texts in byte order, each once, as Go's sets.String.List gives them. */
export function sortedUnique(texts: Iterable<string>): string[] {
  return [...new Set(texts)].sort(compareText);
}

/** Code unit order: Go's order for ASCII, whatever the machine's locale is. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
