import { sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** SHA-512 of a text, in capital letters. */
export function textHash(text: string): string {
  return bytesToHex(sha512(utf8ToBytes(text))).toUpperCase();
}

/** The `ETag` of a text: `"DF27…"`. */
export function entityTag(text: string): string {
  return `"${textHash(text)}"`;
}

/**
 * Whether a client has what `tag` stands for already, by its `If-None-Match`: any one, or one of a list that may be weak
 * (Go's net/http fs.go, checkIfNoneMatch). A list ends where something else stands.
 *
 * @param tag undefined for what has none
 */
export function matchesTag(header: string, tag: string | undefined): boolean {
  let rest = header;
  for (;;) {
    rest = rest.replace(/^[\s,]+/, "");
    if (rest.startsWith("*")) return true;
    const [whole, strong] = /^(?:W\/)?("[!\x23-\x7e\x80-\xff]*")/.exec(rest) ?? [];
    if (whole === undefined) return false;
    if (strong === tag) return true;
    rest = rest.slice(whole.length);
  }
}
