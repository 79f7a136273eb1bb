import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Check, CheckResult, Family } from "./family.ts";

export interface RunOptions {
  /** Only cases whose path contains this text. */
  readonly only?: string | undefined;
  /** Called after each case, for progress. */
  readonly onCase?: (path: string) => void;
}

/** Runs every case under the folders (or files) given; the checks come in the order of the walk, names sorted. */
export function runConformance(
  roots: readonly string[],
  families: readonly Family[],
  options: RunOptions = {},
): Check[] {
  const checks: Check[] = [];
  for (const root of roots) {
    for (const found of findCases(root, families)) {
      if (options.only !== undefined && !found.path.includes(options.only)) continue;
      if (found.family === undefined) checks.push(unreadable(found.path, found.problem));
      else checks.push(...runCase(found.path, found.family));
      options.onCase?.(found.path);
    }
  }
  return checks;
}

type Found =
  | { readonly path: string; readonly family: Family }
  | { readonly path: string; readonly family: undefined; readonly problem: unknown };

function* findCases(path: string, families: readonly Family[]): Generator<Found> {
  let names: string[] | undefined;
  try {
    if (statSync(path).isDirectory()) names = readdirSync(path).sort();
  } catch (problem) {
    yield { path, family: undefined, problem };
    return;
  }
  const family = families.find((candidate) => candidate.claims(resolve(path), names !== undefined));
  if (family !== undefined) yield { path, family };
  else for (const name of names ?? []) yield* findCases(join(path, name), families);
}

function runCase(path: string, family: Family): Check[] {
  const checks: Check[] = [];
  try {
    for (const result of family.run(path)) checks.push(asCheck(path, family, result));
  } catch (problem) {
    checks.push(asCheck(path, family, { group: "read", ok: false, detail: describe(problem) }));
  }
  return checks;
}

function asCheck(path: string, family: Family, result: CheckResult): Check {
  const check = result.name === undefined ? result.group : `${result.group}: ${result.name}`;
  return { case: path, family: family.name, check, ok: result.ok, detail: result.detail ?? "" };
}

function unreadable(path: string, problem: unknown): Check {
  return { case: path, family: "files", check: "read", ok: false, detail: describe(problem) };
}

function describe(problem: unknown): string {
  return problem instanceof Error ? `${problem.name}: ${problem.message}` : String(problem);
}
