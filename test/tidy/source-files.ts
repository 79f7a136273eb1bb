import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** Of the repository, also from build/, where tests are compiled to. */
export const root: string = fileURLToPath(new URL("../..", import.meta.url)).replace(/build\/$/, "");

/** A file of the repository: its path from the root, with `/`, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
}

const skipped = new Set(["node_modules", "dist", "build", ".git", "coverage"]);

/** Every file under the folders given whose name ends so, sorted by path. */
export function sourceFiles(folders: readonly string[], endings: readonly string[]): SourceFile[] {
  return folders
    .flatMap((folder) => walk(join(root, folder)))
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .map((path) => {
      const text = readFileSync(path, "utf8");
      return { path: relative(root, path).replaceAll("\\", "/"), text, lines: text.split("\n") };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}

/** `packages/core/src/net/cidr.ts` is of `core`; undefined for what is in no package. */
export function packageOf(path: string): string | undefined {
  return /^packages\/([^/]+)\//.exec(path)?.[1];
}

export function isTest(path: string): boolean {
  return path.endsWith(".test.ts");
}
