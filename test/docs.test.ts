import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { runCli } from "./cli/run-cli.ts";
import { disagreement, type Fence, fencesOf, shellExamples, withFreshOutput } from "./docs/examples.ts";
import { root, type SourceFile, sourceFiles } from "./tidy/source-files.ts";

// UPDATE_DOCS=1 npx vitest run test/docs.test.ts writes what the commands print now.
if (process.env.UPDATE_DOCS === "1") {
  for (const file of readDocuments()) {
    writeFileSync(
      join(root, file.path),
      withFreshOutput(file, (words) => runCli(words).out),
    );
  }
}

const documents = readDocuments();
const kinds = new Set(["sh", "sh not run", "ts", "yaml", "text"]);

describe.each(documents.map((file) => [file.path, file] as const))("%s", (_, file) => {
  const fences = fencesOf(file);

  it("names what each block is", () => {
    expect(
      fences.filter((fence) => !kinds.has(fence.info)).map((fence) => `line ${fence.line}: ${fence.info}`),
    ).toEqual([]);
  });

  it.each(fences.filter((fence) => fence.info === "sh").map((fence) => [fence.line, fence] as const))(
    "prints what it shows, line %d",
    (_line, fence) => {
      for (const { words, output } of shellExamples(fence)) {
        expect(disagreement(output, runCli(words).out)).toBeUndefined();
      }
    },
  );

  it.each(fences.filter((fence) => fence.info === "ts").map((fence) => [fence.line, fence] as const))(
    "runs, line %d",
    async (_line, fence) => {
      const next = fences[fences.indexOf(fence) + 1];
      const shown = next?.info === "text" && isRightBelow(file, fence, next) ? next.text : "";
      expect(disagreement(shown, await runModule(file, fence))).toBeUndefined();
    },
  );

  it("links only to files that are there", () => {
    const links = [...file.text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map((match) => match[1]!);
    const local = links.filter((link) => !/^https?:/.test(link));
    const missing = local.filter((link) => !existsSync(join(root, file.path, "..", link)));
    expect(missing).toEqual([]);
  });
});

function readDocuments(): SourceFile[] {
  return sourceFiles(["."], [".md"]).filter(({ path }) => /^(?:README|CONTRIBUTING)\.md$|^docs\//.test(path));
}

/** Output stands below its program with nothing but an empty line between them. */
function isRightBelow(file: SourceFile, program: Fence, output: Fence): boolean {
  const end = program.line + program.text.split("\n").length + 1;
  return file.lines.slice(end, output.line - 1).every((line) => line.trim() === "");
}

/** Runs a block as a module of its own, from the repository's root, and returns what it printed. */
async function runModule(file: SourceFile, fence: Fence): Promise<string> {
  const folder = join(root, "build", "docs-examples");
  const path = join(folder, `${file.path.replaceAll(/\W/g, "-")}-${fence.line}.ts`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, fence.text);
  let printed = "";
  const log = vi.spyOn(console, "log").mockImplementation((...values) => {
    printed += `${values.map(String).join(" ")}\n`;
  });
  try {
    await import(/* @vite-ignore */ pathToFileURL(path).href);
  } finally {
    log.mockRestore();
    rmSync(path);
  }
  return printed;
}
