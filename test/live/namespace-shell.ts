import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Why the real tools cannot run here, or undefined: it takes root, network namespaces and the tools. */
export function missingTools(...tools: readonly string[]): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "it takes root on Linux";
  const absent = tools.filter((tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0);
  if (absent.length > 0) return `there is no ${absent.join(", no ")}`;
  return spawnSync("unshare", ["-n", "true"]).status === 0 ? undefined : "there are no network namespaces";
}

/**
 * Runs a shell script in a network namespace of its own, in a folder with these files; what stands in the files that it
 * leaves is given back by name.
 *
 * @throws Error with what the script said when it fails
 */
export function runInNamespace(
  script: string,
  files: ReadonlyMap<string, string>,
  results: readonly string[],
): Map<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "kubenetsim-"));
  try {
    for (const [name, text] of [...files, ["script.sh", script] as const]) writeFileSync(join(folder, name), text);
    const run = spawnSync("unshare", ["-n", "sh", "-e", "script.sh"], { cwd: folder, encoding: "utf8" });
    if (run.status !== 0) throw new Error(`${run.stderr}${run.stdout}`);
    return new Map(results.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
