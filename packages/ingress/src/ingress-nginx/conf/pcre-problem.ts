import { pcreMistake } from "./pcre/pcre-mistake.ts";

/**
 * What nginx says of a regular expression that does not compile (src/core/ngx_regex.c `ngx_regex_compile`); undefined for one that
 * does.
 *
 * @example
 * pcreProblem("^/("); // 'pcre2_compile() failed: missing closing parenthesis in "^/("'
 */
export function pcreProblem(pattern: string): string | undefined {
  const mistake = pcreMistake(pattern);
  if (mistake === undefined) return undefined;
  const at = mistake.rest === "" ? "" : ` at "${mistake.rest}"`;
  return `pcre2_compile() failed: ${mistake.text} in "${pattern}"${at}`;
}
