import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { IngressCase } from "@kubenetsim/testing/ingress/ingress-case";
import { controllerProgram } from "./controller-program.ts";
import type { RealStep } from "./real-answer.ts";

/** Shows cases to the real controller; its answers stand in their order. @throws CannotCompare */
export async function askReal(
  cases: readonly IngressCase[],
  answered: (count: number) => void = () => undefined,
): Promise<readonly (readonly RealStep[])[]> {
  const [program, ...args] = controllerProgram(console.log);
  const child = spawn(program!, args, { stdio: ["pipe", "pipe", "inherit"] });
  const kill = (): void => void child.kill("SIGKILL");
  process.on("exit", kill);
  const answers: RealStep[][] = [];
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`the real controller ended with ${code}`))));
  });
  // It is told by its exit code that it ended too early.
  child.stdin.on("error", () => undefined);
  child.stdin.end(cases.map((one) => `${JSON.stringify(one)}\n`).join(""));
  for await (const line of createInterface({ input: child.stdout })) {
    answers.push(JSON.parse(line) as RealStep[]);
    answered(answers.length);
  }
  await ended;
  process.off("exit", kill);
  return answers;
}
