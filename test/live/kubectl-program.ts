import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "./repository-root.ts";

/** The modelled version. Others print other things. */
const version = "v1.37.";

/**
 * The real kubectl: the one that KUBECTL names, the one built from `bench/peers/kubectl`, or the machine's own if it is of the
 * modelled version; undefined where there is none.
 */
export function kubectlProgram(): string | undefined {
  const built = join(repositoryRoot, "build/peers/kubectl");
  return [process.env.KUBECTL ?? "", built, "kubectl"].find((program) => isModelled(program));
}

function isModelled(program: string): boolean {
  if (program === "" || (program.includes("/") && !existsSync(program))) return false;
  const { stdout } = spawnSync(program, ["version", "--client"], { encoding: "utf8", env: { PATH: process.env.PATH } });
  return (stdout ?? "").includes(`Client Version: ${version}`);
}
