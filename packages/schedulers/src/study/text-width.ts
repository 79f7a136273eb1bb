/** How long the longest of some texts is; 0 of none. Steps may be too many to hand them to `Math.max` as arguments. */
export function longest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, text.length), 0);
}
