import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { CannotCompare } from "../comparison.ts";
import { repositoryRoot } from "../repository-root.ts";

const version = "-X k8s.io/component-base/version.git";

/** A real program, and how Go's modules make it. */
interface Recipe {
  /** The folder below bench/peers whose go.mod names its version. */
  readonly folder: string;
  readonly package: string;
  readonly flags: string;
}

const recipes = {
  "kube-proxy": {
    folder: "kube-proxy",
    package: "k8s.io/kubernetes/cmd/kube-proxy",
    flags: `${version}Version=v1.37.2 ${version}Major=1 ${version}Minor=37`,
  },
  coredns: { folder: "coredns", package: ".", flags: "" },
} as const satisfies Record<string, Recipe>;

export type RealProgram = keyof typeof recipes;

/** Where a program stands when it is built, after its source has changed last. */
export function builtProgram(name: RealProgram): string | undefined {
  const path = join(repositoryRoot, "build/peers", name);
  if (!existsSync(path)) return undefined;
  const built = statSync(path).mtimeMs;
  const folder = join(repositoryRoot, "bench/peers", recipes[name].folder);
  return readdirSync(folder).every((file) => statSync(join(folder, file)).mtimeMs <= built) ? path : undefined;
}

/**
 * The path of a program, built when it is not there yet.
 *
 * @throws CannotCompare where it cannot be built
 */
export function realProgram(name: RealProgram, log: (line: string) => void): string {
  const built = builtProgram(name);
  if (built !== undefined) return built;
  if (spawnSync("go", ["version"]).error !== undefined) throw new CannotCompare(`there is no Go to build ${name}`);
  log(`building the real ${name} (some minutes at the first time)`);
  const { folder, package: source, flags } = recipes[name];
  const path = join(repositoryRoot, "build/peers", name);
  const run = spawnSync("go", ["build", "-trimpath", "-ldflags", `-s -w ${flags}`, "-o", path, source], {
    cwd: join(repositoryRoot, "bench/peers", folder),
    encoding: "utf8",
  });
  if (run.status !== 0) throw new CannotCompare(`go build failed: ${run.stderr.trim()}`);
  return path;
}
