/**
 * A uid in the shape of a random UUID, drawn from what makes the write unique: kind, key and revision. Two runs of the
 * same writes give the same uids, on every machine.
 */
export function objectUid(kind: string, key: string, revision: number): string {
  const text = `${kind}/${key}/${revision}`;
  // In one piece: the engine keeps texts that are joined as their parts, and every object keeps its uid.
  const codes = dashes.slice();
  let place = 0;
  for (let word = 0; word < 4; word++) {
    const bits = mix(text, 0x9e3779b9 * (word + 1));
    for (let shift = 28; shift >= 0; shift -= 4, place++) {
      const at = places[place]!;
      if (codes[at] === 0) codes[at] = digits.charCodeAt((bits >>> shift) & 15);
    }
  }
  return String.fromCharCode(...codes);
}

const digits = "0123456789abcdef";
/** Zeros are for the drawn digits; a random UUID says 4 and a of itself. */
const dashes: readonly number[] = Array.from("00000000-0000-4000-a000-000000000000", (character) =>
  character === "0" ? 0 : character.charCodeAt(0),
);
/** Where each of the 32 digits stands. */
const places: readonly number[] = Array.from(
  { length: 32 },
  (_, i) => i + [8, 12, 16, 20].filter((end) => i >= end).length,
);

/** FNV-1a with the final avalanche of MurmurHash3, so that near texts give far values. */
function mix(text: string, seed: number): number {
  let hash = (0x811c9dc5 ^ seed) | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
