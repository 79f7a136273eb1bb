import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Sequence, SequencePlan } from "../../conformance/ipvs/sequence.ts";
import { CannotCompare } from "../comparison.ts";

/** What a kernel did with a sequence, or why it could not be played. */
export interface KernelAnswer extends Partial<Pick<Sequence, "picks" | "states">> {
  readonly error?: string;
}

/** One kernel for each processor that a usual machine of CI has. */
const kernelsAtOnce = 2;
/** Fewer are not worth a second kernel's start. */
const leastPerKernel = 10;
const cannotRun = 3;
const lookMs = 500;

/**
 * Boots user-mode Linux and plays sequences with its IPVS; the answers stand in the order of the sequences.
 *
 * @throws CannotCompare where it cannot run
 */
export async function askKernel(
  plans: readonly SequencePlan[],
  answered: (count: number) => void = () => undefined,
): Promise<readonly KernelAnswer[]> {
  const kernels = Math.max(1, Math.min(kernelsAtOnce, Math.floor(plans.length / leastPerKernel)));
  const answers: KernelAnswer[] = plans.map(() => ({ error: "the kernel gave no answer" }));
  const folder = mkdtempSync(join(tmpdir(), "kubenetsim-ipvs-"));
  const files = Array.from({ length: kernels }, (_, kernel) => join(folder, `answers-${kernel}`));
  const looking = setInterval(() => answered(files.reduce((sum, file) => sum + linesOf(file).length, 0)), lookMs);
  try {
    await Promise.all(
      files.map((file, kernel) => {
        const share = plans.flatMap((plan, at) => (at % kernels === kernel ? [{ ...plan, id: String(at) }] : []));
        return runKernel(join(folder, `plans-${kernel}`), share, file);
      }),
    );
    for (const line of files.flatMap(linesOf)) {
      const { id, ...answer } = JSON.parse(line) as KernelAnswer & { readonly id: string };
      answers[Number(id)] = answer;
    }
    answered(plans.length);
    return answers;
  } finally {
    clearInterval(looking);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runKernel(planFile: string, plans: readonly SequencePlan[], answerFile: string): Promise<void> {
  writeFileSync(planFile, plans.map((plan) => `${JSON.stringify(plan)}\n`).join(""));
  const child = spawn(script(), [planFile, answerFile], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  if (code === cannotRun) throw new CannotCompare(said.trim());
  if (code !== 0) throw new Error(`the kernel's side ended with ${code}: ${said.trim()}`);
}

/** The last line may still be being written. */
function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
}

/** This file runs from test/ and, compiled, from build/test/. */
function script(): string {
  const here = fileURLToPath(new URL(".", import.meta.url));
  return here.replace(/(build\/)?test\/live\/ipvs\/$/, "bench/peers/linux-ipvs/run.sh");
}
