import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { vi } from "vitest";
import { root } from "../tidy/source-files.ts";
import type { Cell } from "./cells.ts";
import { type LessonModule, lessonModule } from "./lesson-module.ts";
import type { CellOutput } from "./notebook.ts";

const display = Symbol.for("Jupyter.display");
let modules = 0;

/**
 * Runs a lesson's cells here, in Node, and tells what a kernel would show below each.
 *
 * @throws TypeError for a cell whose output would not be the same elsewhere: one that prints anything but one text, or ends in a value that
 *   does not say how it is shown
 */
export async function runLesson(cells: readonly Cell[]): Promise<CellOutput[]> {
  const printed = cells.map(() => "");
  const shown: CellOutput["shown"][] = cells.map(() => undefined);
  let current = 0;
  const log = vi.spyOn(console, "log").mockImplementation((...values: unknown[]) => {
    if (values.length !== 1 || typeof values[0] !== "string")
      throw new TypeError(`cell ${current}: console.log of one text and nothing else is the same in every runtime`);
    printed[current] += `${values[0]}\n`;
  });
  try {
    const { run } = await importModule(lessonModule(cells));
    await run({
      begin: (cell) => {
        current = cell;
      },
      end: (value) => {
        shown[current] = bundleOf(value, current);
      },
    });
  } finally {
    log.mockRestore();
  }
  return cells.map((_, i) => ({ printed: printed[i]!, shown: shown[i] }));
}

function bundleOf(value: unknown, cell: number): CellOutput["shown"] {
  if (value === undefined) return undefined;
  const bundle = (value as { readonly [display]?: () => Readonly<Record<string, string>> } | null)?.[display];
  if (bundle === undefined) throw new TypeError(`cell ${cell} ends in a value that has no way to be shown`);
  return bundle.call(value);
}

async function importModule(text: string): Promise<LessonModule> {
  const folder = join(root, "build", "lessons");
  const path = join(folder, `lesson-${process.pid}-${modules++}.ts`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, text);
  try {
    return (await import(/* @vite-ignore */ pathToFileURL(path).href)) as LessonModule;
  } finally {
    rmSync(path);
  }
}
