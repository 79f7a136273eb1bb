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
    return { text: error.message, rest: new TextDecoder().decode(Uint8Array.from(bytes.slice(error.offset))) };
  }
}
