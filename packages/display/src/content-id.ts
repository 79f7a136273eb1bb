/**
 * An id made of what it names: the same content has the same one in every run, others have others, so that pictures on one
 * page do not take each other's styles. (FNV-1a, twice 32 bits.)
 */
export function contentId(content: string): string {
  let [low, high] = [0x811c9dc5, 0x01000193];
  for (let i = 0; i < content.length; i++) {
    const unit = content.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ (unit + i), 0x01000193);
  }
  return `kns-${hex(low)}${hex(high)}`;
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, "0");
}
