/**
 * A uid in the shape of a random UUID, drawn from what makes the write unique: kind, key and revision. Two runs of the
 * same writes give the same uids, on every machine.
 */
export function objectUid(kind: string, key: string, revision: number): string {
  const text = `${kind}/${key}/${revision}`;
  let hex = "";
  for (let word = 0; word < 4; word++) hex += (mix(text, 0x9e3779b9 * (word + 1)) >>> 0).toString(16).padStart(8, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** FNV-1a with the final avalanche of MurmurHash3, so that near texts give far values. */
function mix(text: string, seed: number): number {
  let hash = (0x811c9dc5 ^ seed) | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
