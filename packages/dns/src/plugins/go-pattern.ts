import { UnsupportedError } from "@kubenetsim/core/runtime/errors";

/**
 * A regular expression as Go reads it (RE2 syntax), as far as this platform's own reads the same: flags at the beginning,
 * named groups, `\A`, `\z`.
 *
 * @throws what `fail` makes of it where it is none; UnsupportedError for what only one of the two has
 */
export function goPattern(text: string, fail: (problem: string) => Error): RegExp {
  const flags = /^\(\?([imsU]+)\)/.exec(text);
  const body = (flags === null ? text : text.slice(flags[0].length)).replaceAll("(?P<", "(?<");
  if (/\(\?[=!]|\(\?<[=!]|\\[1-9]/.test(body)) {
    throw fail(`error parsing regexp: invalid or unsupported Perl syntax: \`${/\(\?<?[=!]|\\[1-9]/.exec(body)![0]}\``);
  }
  if (/\(\?[imsU-]|\[\[:|\\[pPQCa]|\\x\{/.test(body) || flags?.[1]?.includes("U")) {
    throw new UnsupportedError(`regular expression ${text}`, "syntax that only Go has");
  }
  try {
    return new RegExp(body.replace(/\\A/g, "^").replace(/\\z/g, "$"), `${flags?.[1] ?? ""}`);
  } catch (error) {
    throw fail(`error parsing regexp: ${goWords(text, (error as Error).message)}`);
  }
}

/** What Go says of the mistakes that are made most. */
function goWords(text: string, message: string): string {
  if (message.includes("Unterminated group")) return `missing closing ): \`${text}\``;
  if (message.includes("Unmatched ')'")) return `unexpected ): \`${text}\``;
  if (message.includes("Unterminated character class"))
    return `missing closing ]: \`${text.slice(text.indexOf("["))}\``;
  if (message.includes("Nothing to repeat"))
    return `missing argument to repetition operator: \`${/[*+?]/.exec(text)![0]}\``;
  return message;
}
