import { spawnSync } from "node:child_process";
import type { CommandResult } from "@kubenetsim/kubectl";
import { CannotCompare } from "../comparison.ts";
import { type CommandSequence, place } from "./command-sequence.ts";

/** The real kubectl, and the configuration that leads it to a real API server. */
export interface RealKubectl {
  readonly program: string;
  readonly kubeconfig: string;
}

/** How long controllers may take to see what a command did. */
const patienceMs = 400;

let asked = 0;

/**
 * What the real kubectl answers to a sequence. Each one gets a namespace and nodes with names of their own, of the same
 * length; the answers speak of `place`.
 *
 * @throws CannotCompare where there is no kubectl or no API server
 */
export function realAnswers({ setup, commands }: CommandSequence, real: RealKubectl): CommandResult[] {
  const unique = `s${((Date.now() + asked++) % 36 ** 4).toString(36).padStart(4, "0")}`;
  const named = (text: string): string => text.replaceAll(place, unique);
  const type = (words: readonly string[], input = ""): CommandResult => {
    const { stdout, stderr, status } = run(words.map(named), named(input), real);
    return { stdout: stdout.replaceAll(unique, place), stderr: stderr.replaceAll(unique, place), exitCode: status };
  };
  const made = type(["create", "-f", "-"], setup.map((object) => JSON.stringify(object)).join("\n"));
  if (made.exitCode !== 0) throw new CannotCompare(made.stderr);
  const answers = commands.map((words) => {
    const answer = type(words);
    if (words.some((word) => word.startsWith("deploy"))) rest();
    return answer;
  });
  type(["delete", "node", "-l", `run=${place}`, "--wait=false"]);
  type(["delete", "namespace", place, "--wait=false"]);
  return answers;
}

function run(words: readonly string[], input: string, { program, kubeconfig }: RealKubectl) {
  const env = { KUBECONFIG: kubeconfig, HOME: "/tmp", PATH: "/usr/bin:/bin" };
  const { stdout, stderr, status, error } = spawnSync(program, words, {
    env,
    input,
    encoding: "utf8",
    timeout: 20_000,
  });
  if (error !== undefined && status === null && stdout === null) throw new CannotCompare(error.message);
  return { stdout, stderr, status: status ?? -1 };
}

function rest(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, patienceMs);
}
