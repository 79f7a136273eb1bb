import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { base32 } from "./base32.ts";
import { sha256Words } from "./sha256-text.ts";

const bytes = new Uint8Array(32);
const view = new DataView(bytes.buffer);

/**
 * The first `length` characters of the base32 text of the SHA-256 of a text, behind a prefix: how kube-proxy makes names of
 * what it writes.
 */
export function textHash(text: string, length: number, prefix = ""): string {
  const words = sha256Words(text);
  if (words === undefined) return base32(sha256(utf8ToBytes(text)), length, prefix);
  for (let i = 0; i < 8; i++) view.setInt32(i * 4, words[i]!);
  return base32(bytes, length, prefix);
}
