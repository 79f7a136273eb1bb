import type { Random } from "../runtime/random.ts";

/** No vowels and no look-alikes, so that no words arise (apimachinery pkg/util/rand). */
const alphabet = "bcdfghjklmnpqrstvwxz2456789";
const suffixLength = 5;
const maxNameLength = 63;

/**
 * A name for `metadata.generateName`: the base, cut where the whole would pass 63 characters, and five random ones
 * (apiserver pkg/storage/names). Draws again while the name is taken.
 */
export function generatedName(base: string, random: Random, isTaken: (name: string) => boolean): string {
  const prefix = base.slice(0, maxNameLength - suffixLength);
  for (;;) {
    const name = prefix + randomSuffix(random);
    if (!isTaken(name)) return name;
  }
}

/** `text` in the alphabet of generated names: how a hash becomes a `pod-template-hash`. */
export function safeEncode(text: string): string {
  let encoded = "";
  for (let i = 0; i < text.length; i++) encoded += alphabet[text.charCodeAt(i) % alphabet.length];
  return encoded;
}

function randomSuffix(random: Random): string {
  let suffix = "";
  for (let i = 0; i < suffixLength; i++) suffix += alphabet[random.below(alphabet.length)];
  return suffix;
}
