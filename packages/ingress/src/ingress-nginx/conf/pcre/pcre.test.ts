import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePcre } from "./pcre.ts";

describe("a regular expression of nginx", () => {
  it.each([
    ["/a(/|$)(.*)", "/A/b", ["/A/b", "/", "b"]],
    ["/x(b+)c", "/xbbc", ["/xbbc", "bb"]],
    ["/(a|b)+", "/abab", ["/abab", "b"]],
    ["/(a+)+$", "/aaa", ["/aaa", "aaa"]],
    ["/((a*)b)*", "/aabab", ["/aabab", "ab", "a"]],
    ["/(?:(a)|b)*", "/ab", ["/ab", "a"]],
    ["/[[:alnum:]]+", "/a7-", ["/a7"]],
    ["/[]x]+", "/]x", ["/]x"]],
    ["/(?!b)(.)", "/a", ["/a", "a"]],
    ["/(.)\\1", "/xx", ["/xx", "x"]],
    ["/(?<id>\\d+)", "/42", ["/42", "42"]],
    ["/a\\.b", "/a.b", ["/a.b"]],
    ["/\\Qa.b\\E", "/a.b", ["/a.b"]],
  ])("%s in %s", (pattern, text, caught) => {
    const match = compilePcre(pattern)!.exec(text);
    expect(match && [...match]).toEqual(caught);
  });

  it.each(["/(", "/[a"])("%s does not compile", (pattern) => {
    expect(compilePcre(pattern)).toBeUndefined();
  });

  it.each(["/a++", "/(?>a)", "/\\Ga", "/\\h"])("%s is refused by name", (pattern) => {
    expect(() => compilePcre(pattern)).toThrow(UnsupportedError);
  });

  it("tells capitals from small letters where it is to", () => {
    expect(compilePcre("^a$", { ignoresCase: false })!.test("A")).toBe(false);
  });
});

const part = fc.constantFrom("a", "b", "(a|b)", "(?:a|ab)", "(a+)", "(a*)", ".", "[ab]", "a?", "(b?)", "a+?", "c{1,2}");
const patterns = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => `^/${parts.join("")}`);
const texts = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 8 }).map((text) => `/${text}`);

describe("a search that tries one way after the other, and one that goes all at once", () => {
  it("find the same", () => {
    fc.assert(
      fc.property(patterns, texts, fc.constantFrom("", "$"), (pattern, text, end) => {
        const compiled = compilePcre(pattern + end)!;
        const match = compiled.exec(text);
        expect(match && [...match]).toEqual(compiled.atOnce!.exec(text));
      }),
    );
  });

  const long = `/${"a".repeat(50_000)}`;

  it.each(["^/(a+)+$", "^/(a|aa)+$", "^/(a*)*b", "/(.*)(.*)(.*)(.*)x", "/(?:a?){20}a{20}b"])(
    "%s is searched for in 50,000 characters without trying all ways",
    (pattern) => {
      const compiled = compilePcre(pattern)!;
      expect(compiled.test(`${long}!`)).toBe(false);
    },
  );

  it("refuses what can only be tried, in a long text, by name", () => {
    const compiled = compilePcre("^/(.*)(.*)\\1\\2x")!;
    expect(compiled.test("/aab")).toBe(false);
    expect(() => compiled.test(long)).toThrow(UnsupportedError);
    expect(() => compilePcre("^/(a+)+(?!b)$")!.test("/aa")).toThrow(UnsupportedError);
  });
});
