import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Refusal } from "./refusal.ts";
import type { Effort } from "./run.ts";

const programs = ["unshare", "nsenter", "ip", "cc"];
const conntrackMax = "/proc/sys/net/netfilter/nf_conntrack_max";
const packetsToTargets = 3;

export interface Surroundings {
  readonly platform: string;
  readonly userId: number | undefined;
  readonly hasProgram: (name: string) => boolean;
  /** How many connections the kernel tracks, where it tracks any. */
  readonly connectionsAtMost: number | undefined;
}

export function ownSurroundings(): Surroundings {
  return { platform: process.platform, userId: process.getuid?.(), hasProgram, connectionsAtMost: trackedAtMost() };
}

/** @throws Refusal for what nothing can be measured without */
export function requireAll(
  { platform, userId, hasProgram: has, connectionsAtMost }: Surroundings,
  effort: Effort,
): void {
  if (platform !== "linux") throw new Refusal(`it measures Linux's kernel, and this is ${platform}`);
  if (userId !== 0) throw new Refusal("it takes root: for network namespaces and their rules");
  const absent = programs.filter((name) => !has(name));
  if (absent.length > 0) throw new Refusal(`there is no ${absent.join(", no ")}`);
  const flows = effort.packets * (effort.batches + 1) * packetsToTargets;
  if (connectionsAtMost !== undefined && flows > connectionsAtMost) {
    throw new Refusal(
      `${flows} flows a ruleset are more than the ${connectionsAtMost} that the kernel tracks (${conntrackMax}): take fewer --packets or --batches`,
    );
  }
}

export function hasProgram(name: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${name}`], { stdio: "ignore" }).status === 0;
}

/** It appears with the first rule that asks for connections. */
function trackedAtMost(): number | undefined {
  try {
    return Number(readFileSync(conntrackMax, "utf8"));
  } catch {
    return undefined;
  }
}
