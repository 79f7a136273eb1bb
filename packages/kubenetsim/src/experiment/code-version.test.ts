import { expect, test } from "vitest";
import { version } from "../version.ts";
import { codeVersion } from "./code-version.ts";

test("is the version with a fingerprint, the same each time", () => {
  const text = codeVersion();
  expect(text.startsWith(`${version}+`)).toBe(true);
  expect(text.slice(version.length + 1)).toMatch(/^[0-9a-f]{12}$/);
  expect(codeVersion()).toBe(text);
});
