import { spawnSync } from "node:child_process";
import type { CommandSequence } from "./command-sequence.ts";
import type { CommandAnswer } from "./our-answers.ts";

/** What the real kubectl answers, before a real API server; `kubectl` is its path, `kubeconfig` the server's. */
export function realAnswers(
  { setup, namespace, commands }: CommandSequence,
  { kubectl, kubeconfig }: { readonly kubectl: string; readonly kubeconfig: string },
): CommandAnswer[] {
  const type = (words: readonly string[], input = ""): CommandAnswer => {
    const env = { KUBECONFIG: kubeconfig, HOME: "/tmp", PATH: "/usr/bin:/bin" };
    const { stdout, stderr, status } = spawnSync(kubectl, words, { env, input, encoding: "utf8", timeout: 20_000 });
    return { stdout, stderr, exitCode: status ?? -1 };
  };
  type(["create", "-f", "-"], setup.map((object) => JSON.stringify(object)).join("\n"));
  const answers = commands.map((words) => type(words));
  type(["delete", "node", "-l", `run=${namespace}`, "--wait=false"]);
  type(["delete", "namespace", namespace, "--wait=false"]);
  return answers;
}
