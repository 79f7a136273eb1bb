/**
 * An address as Go prints it, which is how Kubernetes writes endpoints: dotted for IPv4, RFC 5952 for IPv6.
 *
 * @example addressText([0x0a000001]) // "10.0.0.1"
 */
export function addressText(words: readonly number[]): string {
  return words.length === 1 ? dotted(words[0]!) : colons(words.flatMap((word) => [word >>> 16, word & 0xffff]));
}

function dotted(word: number): string {
  return [24, 16, 8, 0].map((shift) => (word >>> shift) & 0xff).join(".");
}

/** The longest run of two or more zero groups, the first of them if there are more, becomes `::`. */
function colons(groups: readonly number[]): string {
  const { start, length } = longestZeros(groups);
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [at, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: at - length + 1, length };
  }
  return best;
}
