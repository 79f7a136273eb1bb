import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { finishCli } from "./cli/run-cli.ts";
import { ConsoleSession, consoleSteps, withFreshConsoles } from "./docs/console.ts";
import {
  disagreement,
  type Fence,
  fencesOf,
  outputBelow,
  pictureBelow,
  shellExamples,
  withFreshOutput,
} from "./docs/examples.ts";
import { root, type SourceFile, sourceFiles } from "./tidy/source-files.ts";

let modulesRun = 0;

// UPDATE_DOCS=1 npx vitest run test/docs.test.ts writes what commands and programs print and draw now; UPDATE_DOCS=wrr.md
// does so for documents with that in their path.
const update = process.env.UPDATE_DOCS;
for (const file of update === undefined ? [] : readDocuments()) {
  if (update !== "1" && !file.path.includes(update!)) continue;
  const text = withFreshConsoles(file);
  const fresh = await withFreshOutput(
    { ...file, text, lines: text.split("\n") },
    async (words) => (await finishCli(words)).out,
    async (fence) => {
      const { printed, drawing } = await runModule(file, fence);
      const picture = pictureBelow(file, fence);
      if (drawing !== undefined && picture !== undefined) writeFileSync(join(root, file.path, "..", picture), drawing);
      return printed;
    },
  );
  writeFileSync(join(root, file.path), fresh);
}

const documents = readDocuments();
const kinds = new Set(["sh", "sh not run", "console", "ts", "yaml", "text"]);

describe.each(documents.map((file) => [file.path, file] as const))("%s", (_, file) => {
  const fences = fencesOf(file);

  it("names what each block is", () => {
    expect(
      fences.filter((fence) => !kinds.has(fence.info)).map((fence) => `line ${fence.line}: ${fence.info}`),
    ).toEqual([]);
  });

  it.each(fences.filter((fence) => fence.info === "sh").map((fence) => [fence.line, fence] as const))(
    "prints what it shows, line %d",
    async (_line, fence) => {
      for (const { words, output } of shellExamples(fence)) {
        expect(disagreement(output, (await finishCli(words)).out)).toBeUndefined();
      }
    },
  );

  const steps = fences.filter(({ info }) => info === "console").flatMap(consoleSteps);
  it.skipIf(steps.length === 0)("prints what it shows, command after command", () => {
    const session = new ConsoleSession(file);
    for (const step of steps)
      expect(disagreement(step.output, session.type(step)), `line ${step.line}`).toBeUndefined();
  });

  it.each(fences.filter((fence) => fence.info === "ts").map((fence) => [fence.line, fence] as const))(
    "runs, line %d",
    async (_line, fence) => {
      const { printed, drawing } = await runModule(file, fence);
      expect(disagreement(outputBelow(file, fence)?.text ?? "", printed)).toBeUndefined();
      if (drawing === undefined) return;
      const picture = pictureBelow(file, fence);
      expect(picture, "a program that exports a drawing has its picture below it").toBeDefined();
      expect(readFileSync(join(root, file.path, "..", picture!), "utf8")).toBe(drawing);
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
  return sourceFiles(["."], [".md"]).filter(({ path }) =>
    /^(?:README|CONTRIBUTING)\.md$|^(?:docs|examples)\//.test(path),
  );
}

interface ModuleRun {
  readonly printed: string;
  /** What it exports as `drawing`: the text of the picture that the document shows below it. */
  readonly drawing: string | undefined;
}

/** Runs a block as a module of its own, from the repository's root. */
async function runModule(file: SourceFile, fence: Fence): Promise<ModuleRun> {
  const folder = join(root, "build", "docs-examples");
  const path = join(folder, `${file.path.replaceAll(/\W/g, "-")}-${fence.line}-${modulesRun++}.ts`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, fence.text);
  let printed = "";
  const log = vi.spyOn(console, "log").mockImplementation((...values) => {
    printed += `${values.map(String).join(" ")}\n`;
  });
  try {
    const module = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as { drawing?: string };
    return { printed, drawing: module.drawing };
  } finally {
    log.mockRestore();
    rmSync(path);
  }
}
