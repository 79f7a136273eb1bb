import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pcreProblem } from "@kubenetsim/ingress/ingress-nginx/conf/pcre-problem";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { nginxProgram } from "./real-nginx.ts";

const seed = Number(process.env.SEED ?? 7);

/** Patterns, and what `nginx -t` of nginx 1.22.1 with PCRE2 10.42 says of each in a location; nothing for one that it takes. */
const answers = readFileSync(new URL("nginx-regex-answers.tsv", import.meta.url), "utf8")
  .split("\n")
  .slice(0, -1);

describe("what nginx says of a regular expression", () => {
  it.each(answers.map((line) => line.split("\t") as [string, string]))("%s", (pattern, answer) => {
    expect(pcreProblem(pattern) ?? "").toBe(answer);
  });
});

const piece = fc.constantFrom(
  ...["a", "b", ".", "\\d", "[ab]", "[^a-c]", "\\R", "\\b", "^", "$", "\\K", "\\x41", "\\Q(\\E", "\\A", "[[:alpha:]]"],
  ...["(", ")", "(?:", "(?=", "(?<=", "(?<!", "(?>", "(?|", "(?<n>", "(?(1)", "(?i)", "(?x)", " ", "#"],
  ...["*", "+", "?", "{2}", "{1,3}", "{0}", "|", "\\1", "\\2", "\\g{-1}", "\\k<n>", "(?1)", "(?R)", "(?&n)", "(?#c)"],
);
/** Most of them closed. */
const whole = fc.constantFrom(
  "(a)",
  "(?:b)?",
  "(?<=ab)",
  "(?<=a|(b))",
  "(?<n>a+)",
  "(a|b){2}",
  "(?(1)a|b)",
  "(?i:a)",
  "(?>a)+",
);
const patterns = fc
  .array(fc.oneof(piece, whole), { minLength: 1, maxLength: 8 })
  .map((pieces) => `^/${pieces.join("")}`);
const folder = mkdtempSync(join(tmpdir(), "nginx-regex-"));

afterAll(() => rmSync(folder, { recursive: true }));

function realProblem(pattern: string): string {
  const file = join(folder, "nginx.conf");
  const quoted = pattern.replace(/[\\"]/g, "\\$&");
  writeFileSync(file, `pid ${folder}/pid; events {} http { server { location ~* "${quoted}" {} } }\n`);
  const { stderr } = spawnSync(nginxProgram, ["-e", join(folder, "log"), "-t", "-c", file, "-p", folder]);
  const [, problem = ""] = /\[emerg\] (.*) in \S+nginx\.conf:1\n/.exec(stderr.toString("utf8")) ?? [];
  return problem;
}

describe.skipIf(!existsSync(nginxProgram))("what a real nginx says of a regular expression", () => {
  it(`is what ours says of random ones (seed ${seed})`, () => {
    for (const pattern of fc.sample(patterns, { numRuns: 300, seed })) {
      expect([pattern, pcreProblem(pattern) ?? ""]).toEqual([pattern, realProblem(pattern)]);
    }
  }, 60_000);
});
