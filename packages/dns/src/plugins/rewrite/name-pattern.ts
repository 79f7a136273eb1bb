import { type GoPattern, goPattern } from "@kubenetsim/core/pattern/go-pattern";
import { normalizedZone } from "../../corefile/zone-and-port.ts";

export const matchKinds = ["exact", "prefix", "suffix", "substring", "regex"] as const;
export type MatchKind = (typeof matchKinds)[number];

const longestPattern = 10_000;

/** Whether a name (lower case) matches; the pattern of all kinds but `regex` is made a full name first, whatever that means for a prefix. */
export function nameMatcher(kind: MatchKind, text: string, what: string, fail: Fail): (name: string) => boolean {
  if (kind === "regex") {
    if (text.length > longestPattern)
      throw fail(`regex pattern too long in a ${what} rule: ${text.length} > ${longestPattern}`);
    const pattern = goPattern(text, () => fail(`invalid regex pattern in a ${what} rule: ${text}`));
    return (name) => pattern.test(name);
  }
  const pattern = normalizedZone(text);
  if (kind === "exact") return (name) => name === pattern;
  if (kind === "prefix") return (name) => name.startsWith(pattern);
  return kind === "suffix" ? (name) => name.endsWith(pattern) : (name) => name.includes(pattern);
}

export type Fail = (problem: string) => Error;

/** The pattern, when the replacement uses no more groups than it has. */
export function patternFor(from: string, to: string, fail: Fail): GoPattern {
  if (from.length > longestPattern) throw fail(`regex pattern too long: ${from.length} > ${longestPattern}`);
  const pattern = goPattern(from, () => fail(`invalid regex matching pattern: ${from}`));
  const used = Array.from({ length: 101 }, (_, index) => `{${index}}`).filter((group) => to.includes(group)).length;
  if (used > pattern.groups) {
    throw fail(
      `the rewrite regex pattern (${to}) uses more subexpressions than its corresponding matching regex pattern (${from})`,
    );
  }
  return pattern;
}

/** A replacement with what the groups have caught: `{0}` for all of it. Undefined where the pattern does not match. */
export function replaced(pattern: GoPattern, replacement: string, name: string): string | undefined {
  const groups = pattern.exec(name);
  return groups?.reduce<string>((text, group, index) => text.split(`{${index}}`).join(group ?? ""), replacement);
}
