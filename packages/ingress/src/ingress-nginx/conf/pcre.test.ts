import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { describe, expect, it } from "vitest";
import { compilePcre } from "./pcre.ts";

describe("a regular expression of nginx", () => {
  it.each(["/a(/|$)(.*)", "/x(b+)c", "/(a|b)+", "/[(]*"])("%s is taken", (pattern) => {
    expect(compilePcre(pattern)).toBeInstanceOf(RegExp);
  });

  it.each(["/(", "/[a"])("%s does not compile", (pattern) => {
    expect(compilePcre(pattern)).toBeUndefined();
  });

  it.each(["/(a+)+", "/((a*)b)*", "/a++", "/(?>a)", "/[[:alnum:]]"])("%s is refused by name", (pattern) => {
    expect(() => compilePcre(pattern)).toThrow(UnsupportedError);
  });
});
