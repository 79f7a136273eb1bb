import { manifestLimits } from "../manifest/limits.ts";

/**
 * The bracket of a JSON text that opens a value nested deeper than the limit; undefined for none. Asked before anything
 * walks through the value: the walks call themselves.
 */
export function tooDeepBracket(text: string): string | undefined {
  if (text.length <= manifestLimits.depth) return undefined;
  let depth = 0;
  for (const { 0: token } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === "}" || token === "]") depth--;
    else if ((token === "{" || token === "[") && ++depth > manifestLimits.depth) return token;
  }
  return undefined;
}
