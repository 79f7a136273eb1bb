import { GoPattern } from "@kubenetsim/core/pattern/go-pattern";
import { search } from "@kubenetsim/core/pattern/machine";
import { parsePattern } from "@kubenetsim/core/pattern/parse-pattern";
import { programOf } from "@kubenetsim/core/pattern/program";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { StoredObjects } from "@kubenetsim/testing/dns-objects";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCorefile } from "../corefile/parse-corefile.ts";
import { DnsServer } from "../server/dns-server.ts";

/** What Go's regexp.Compile says (recorded). */
const refused: readonly (readonly [pattern: string, problem: string])[] = [
  ["a{2}{3}", "invalid nested repetition operator: `{2}{3}`"],
  ["a**?", "invalid nested repetition operator: `**?`"],
  ["a\\yb", "invalid escape sequence: `\\y`"],
  ["\\h", "invalid escape sequence: `\\h`"],
  ["(?<a>x)\\k<a>", "invalid escape sequence: `\\k`"],
  ["(a)\\1", "invalid escape sequence: `\\1`"],
  ["\\x4", "invalid escape sequence: `\\x4`"],
  ["x{1001}", "invalid repeat count: `{1001}`"],
  ["x{3,1}", "invalid repeat count: `{3,1}`"],
  ["(x{40}){30}", "invalid repeat count: `{30}`"],
  ["*a", "missing argument to repetition operator: `*`"],
  ["a|+?", "missing argument to repetition operator: `+?`"],
  ["a(b", "missing closing ): `a(b`"],
  ["a)b", "unexpected ): `a)b`"],
  ["a[b", "missing closing ]: `[b`"],
  ["[b-a]", "invalid character class range: `b-a`"],
  ["[[:foo:]]", "invalid character class range: `[:foo:]`"],
  ["(?=a)", "invalid or unsupported Perl syntax: `(?=`"],
  ["(?<=a)", "invalid named capture: `(?<=a)`"],
  ["(?<a b>x)", "invalid named capture: `(?<a b>`"],
  ["a\\", "trailing backslash at end of expression: ``"],
];

/** What Go's FindStringSubmatch finds (recorded). */
const found: readonly (readonly [
  pattern: string,
  text: string,
  caught: readonly (string | undefined)[] | undefined,
])[] = [
  ["a|ab", "xab", ["a"]],
  ["(a+?)(a*)", "aaa", ["aaa", "a", "aa"]],
  ["(?U)(a+)(a*)", "aaa", ["a", "a", ""]],
  ["(?:(a)|b)*", "ab", ["ab", "a"]],
  ["(?:|a)*", "aa", [""]],
  ["(?P<host>[^.]+)\\.(?<rest>.*)", "a.b.c", ["a.b.c", "a", "b.c"]],
  ["(?i)k(?-i:s)", "\u212as", ["\u212as"]],
  ["^b$", "a\nb", undefined],
  ["(?m)^b$", "a\nb", ["b"]],
  ["[[:alpha:]]+[^[:^digit:]]", "..ab1", ["ab1"]],
  ["\\Qa.b\\E+", "axb a.bb", ["a.bb"]],
  ["a{,2}", "aa a{,2}", ["a{,2}"]],
  ["\\x{1f600}|\\101", "A", ["A"]],
  ["x{0}y", "xy", ["y"]],
];

describe("patterns as Go reads them", () => {
  it.each(refused)("refuses %s", (pattern, problem) => {
    expect(() => new GoPattern(pattern)).toThrow(`error parsing regexp: ${problem}`);
  });

  it.each(found)("finds %s in %s", (pattern, text, caught) => {
    expect(new GoPattern(pattern).exec(text)).toEqual(caught);
  });

  it("counts groups and knows their names", () => {
    const pattern = new GoPattern("(a)(?:b)(?P<n>c)");
    expect([pattern.groups, pattern.names]).toEqual([2, [undefined, undefined, "n"]]);
  });

  it("refuses by name what it does not know", () => {
    expect(() => new GoPattern("\\pL")).toThrow(UnsupportedError);
    expect(() => new GoPattern("(a{1000}){1}".repeat(250))).toThrow(UnsupportedError);
  });

  it.each([
    ["rewrite name regex a{2}{3} b", "invalid regex matching pattern: a{2}{3}"],
    ["rewrite ttl regex a{2}{3} 30", "invalid regex pattern"],
    ["template IN A {\nmatch a{2}{3}\n}", "invalid nested repetition operator: `{2}{3}`"],
    ["errors {\nconsolidate 5m a{2}{3}\n}", "invalid nested repetition operator: `{2}{3}`"],
  ])("lets no server start with %s", (line, problem) => {
    const start = (): unknown =>
      DnsServer.start(parseCorefile(`. {\n${line}\n}`), {
        state: new StoredObjects([]).state,
        nowMs: 0,
        random: seededRandom("patterns"),
        addresses: ["10.244.0.5"],
        readFile: () => undefined,
        exchange: () => ({ kind: "timeout", tookMs: 0 }),
        log: () => {},
      });
    expect(start).toThrow(ParseError);
    expect(start).toThrow(problem);
  });
});

const piece = fc.constantFrom(
  "a",
  "b",
  ".",
  "[ab]",
  "[^a]",
  "\\.",
  "^",
  "$",
  "\\b",
  "\\w",
  "(?:ab|a)",
  "(b|bc)",
  "(?:a|)",
);
const repeatable = fc.constantFrom("a", ".", "[ab]", "(?:ab|a)", "(?:b|bc)", "(?:a+b?)");
const repetition = fc.constantFrom("*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}", "{1,3}?", "{2,}");
const part = fc.oneof(
  piece,
  fc.tuple(repeatable, repetition).map(([one, times]) => one + times),
  fc.tuple(repeatable, repetition).map(([one, times]) => `(${one}${times})`),
);
const sequence = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(""));
const patterns = fc.array(sequence, { minLength: 1, maxLength: 3 }).map((branches) => branches.join("|"));
const texts = fc.array(fc.constantFrom("a", "b", "c", ".", "-"), { maxLength: 12 }).map((chars) => chars.join(""));

describe("the search", () => {
  // Where a group stands within no repetition and what is repeated takes a character, the two languages are one.
  it("finds what RegExp finds", () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        const ours = new GoPattern(pattern).exec(text);
        const theirs = new RegExp(pattern, "u").exec(text);
        expect(ours).toEqual(theirs === null ? undefined : [...theirs]);
      }),
      { numRuns: 2000 },
    );
  });

  it.each(["^(a+)+\\.x\\.test\\.$", "(a*)*b", "(a|aa)+$", "(.*)(.*)(.*)(.*)x", "(?:a?){20}a{20}"])(
    "looks at each instruction of %s once a place at most",
    (pattern) => {
      const program = programOf(parsePattern(pattern).tree);
      const cost = { instructions: 0 };
      const text = `${"a".repeat(200)}.y.test.`;
      search(program, text, cost);
      expect(cost.instructions).toBeGreaterThan(0);
      expect(cost.instructions).toBeLessThanOrEqual(program.instructions.length * (text.length + 1));
    },
  );
});
