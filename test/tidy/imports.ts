import { dirname, posix } from "node:path";
import { packageOf, type SourceFile } from "./source-files.ts";

export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  readonly line: number;
}

const statement = /^(?:import|export)\b([^;]*?)\bfrom\s+"([^"]+)"|^import\s+"([^"]+)"/gm;

/** The imports and re-exports of a formatted source file. */
export function importsOf(file: SourceFile): Import[] {
  return [...file.text.matchAll(statement)].map((match) => ({
    specifier: (match[2] ?? match[3])!,
    typeOnly: isTypeOnly(match[1] ?? ""),
    line: file.text.slice(0, match.index).split("\n").length,
  }));
}

/** `import type { … }`, or braces in which every name is marked `type`. */
function isTypeOnly(clause: string): boolean {
  if (/^\s*type\b/.test(clause)) return true;
  const names = /\{([^}]*)\}/.exec(clause)?.[1];
  if (names === undefined || !/^\s*\{/.test(clause)) return false;
  return names
    .split(",")
    .filter((name) => name.trim() !== "")
    .every((name) => /^\s*type\s/.test(name));
}

/** The repository path that a specifier of ours stands for; undefined for packages of others. */
function resolveImport(from: SourceFile, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return posix.join(dirname(from.path), specifier);
  const own = /^(?:@kubenetsim\/([^/]+)|(kubenetsim))(?:\/(.+))?$/.exec(specifier);
  if (own === null) return undefined;
  return `packages/${own[1] ?? "kubenetsim"}/src/${own[3] ?? "index"}.ts`;
}

/** Every circle of value imports, as the paths on it. */
export function findCycles(files: readonly SourceFile[]): string[][] {
  const edges = new Map(files.map((file) => [file.path, valueImports(file)]));
  const state = new Map<string, "open" | "done">();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (path: string): void => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      cycles.push([...stack.slice(stack.indexOf(path)), path]);
      return;
    }
    state.set(path, "open");
    stack.push(path);
    for (const next of edges.get(path) ?? []) visit(next);
    stack.pop();
    state.set(path, "done");
  };
  for (const path of edges.keys()) visit(path);
  return cycles;
}

function valueImports(file: SourceFile): string[] {
  return importsOf(file)
    .filter((entry) => !entry.typeOnly)
    .map((entry) => resolveImport(file, entry.specifier))
    .filter((path) => path !== undefined);
}

/** What is loaded with a file: files of ours, and packages of others. */
export function reachedFrom(
  path: string,
  files: readonly SourceFile[],
): { readonly files: ReadonlySet<string>; readonly others: ReadonlySet<string> } {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const reached = { files: new Set([path]), others: new Set<string>() };
  for (const next of reached.files) {
    const file = byPath.get(next);
    if (file === undefined) continue;
    for (const { specifier, typeOnly } of importsOf(file)) {
      if (typeOnly) continue;
      const own = resolveImport(file, specifier);
      if (own === undefined) reached.others.add(specifier);
      else reached.files.add(own);
    }
  }
  return reached;
}

/** What a package may import of ours: folder → what is allowed of it. */
export const importTable: Readonly<Record<string, readonly AllowedImport[]>> = {
  display: [],
  core: [],
  schedulers: [{ package: "display" }],
  netfilter: [
    { package: "display" },
    { package: "core" },
    { package: "schedulers", typeOnly: true },
    { package: "schedulers", under: "netfilter/" },
  ],
  proxy: [{ package: "core" }, { package: "netfilter", under: "ruleset/" }],
  network: [{ package: "display" }, { package: "core" }, { package: "netfilter" }, { package: "schedulers" }],
  dns: [{ package: "core" }],
  ingress: [{ package: "core" }, { package: "schedulers" }],
  kubectl: [{ package: "core" }, { package: "ingress", under: "certificate/" }],
  api: [{ package: "core" }, { package: "kubectl", under: "output/" }, { package: "kubectl", under: "resources/" }],
  workers: [{ package: "core" }],
  kubenetsim: [
    { package: "display" },
    { package: "core" },
    { package: "kubectl" },
    { package: "api" },
    { package: "dns" },
    { package: "ingress" },
    { package: "schedulers" },
    { package: "netfilter" },
    { package: "proxy" },
    { package: "network" },
    { package: "workers" },
  ],
  testing: [{ package: "core" }],
};

export interface AllowedImport {
  readonly package: string;
  readonly under?: string;
  readonly typeOnly?: boolean;
}

/** Why an import between our packages is not allowed; undefined when it is. */
export function forbiddenImport(file: SourceFile, entry: Import): string | undefined {
  const own = packageOf(file.path)!;
  const target = resolveImport(file, entry.specifier);
  if (target === undefined) return undefined;
  const of = packageOf(target);
  if (entry.specifier.startsWith(".")) {
    if (of !== own) return `${entry.specifier} leaves the package`;
    return entry.specifier.endsWith(".ts") ? undefined : `${entry.specifier} does not end in .ts`;
  }
  const allowed = (importTable[own] ?? []).filter((candidate) => candidate.package === of);
  const inside = target.slice(`packages/${of}/src/`.length);
  const fits = ({ typeOnly = false, under = "" }: AllowedImport): boolean =>
    (entry.typeOnly || !typeOnly) && inside.startsWith(under);
  if (allowed.some(fits)) return undefined;
  const limits = allowed.map(({ typeOnly, under = "all" }) => `${under}${typeOnly ? " by type" : ""}`);
  return limits.length === 0 ? `${own} may not import ${of}` : `${own} may import only ${limits.join(", ")} of ${of}`;
}
