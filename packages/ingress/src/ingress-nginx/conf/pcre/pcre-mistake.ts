import { utf8Bytes } from "@kubenetsim/schedulers/utf8";
import { PatternMistake } from "./pattern-cursor.ts";
import { PatternReader } from "./pattern-reader.ts";

/** What PCRE2 says of a pattern that does not compile, and the rest of the pattern where it does; undefined for one that does. */
export function pcreMistake(pattern: string): { readonly text: string; readonly rest: string } | undefined {
  const bytes = utf8Bytes(pattern);
  try {
    new PatternReader(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")).check();
    return undefined;
  } catch (error) {
    if (!(error instanceof PatternMistake)) throw error;
    return { text: error.message, rest: behind(pattern, error.offset) };
  }
}

/** What of a text stands behind so many bytes; a character that is cut is shown as such by its bytes. */
function behind(text: string, offset: number): string {
  let [bytes, at] = [0, 0];
  for (const character of text) {
    if (bytes >= offset) break;
    bytes += utf8Bytes(character).length;
    at += character.length;
  }
  return "\uFFFD".repeat(Math.max(bytes - offset, 0)) + text.slice(at);
}
