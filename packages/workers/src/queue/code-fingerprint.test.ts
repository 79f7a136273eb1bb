import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { hashFolder } from "./code-fingerprint.ts";

test("a fingerprint tells what stands in each built file, and where", () => {
  const fingerprintOf = (files: Readonly<Record<string, string>>): string => {
    const folder = mkdtempSync(join(tmpdir(), "kubenetsim-code-"));
    mkdirSync(join(folder, "cost"));
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    const hash = createHash("sha256");
    hashFolder(hash, folder);
    rmSync(folder, { recursive: true });
    return hash.digest("hex");
  };
  const files = { "index.js": "1;", "cost/model.js": "2;", "index.d.ts": "declare const a: 1;", "one.ts": "1;" };
  const whole = fingerprintOf(files);
  expect(fingerprintOf({ ...files, "index.d.ts": "" })).toBe(whole);
  const others = [
    { ...files, "index.js": "2;" },
    { ...files, "cost/model.js": "3;" },
    { ...files, "cost/more.js": "" },
    { ...files, "one.ts": "2;" },
    { "index.js": "1;", "model.js": "2;" },
  ];
  expect(new Set([whole, ...others.map(fingerprintOf)]).size).toBe(6);
});
