import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runKubectl } from "@kubenetsim/kubectl";
import { Cluster } from "kubenetsim";
import { kubectlHost } from "kubenetsim/kubectl/kubectl-host";
import { shellWords } from "kubenetsim/shell/shell-words";
import { describe, expect, it } from "vitest";

/** A command that a real kubectl 1.37.2 was given before a real API server, one after another, with masked answers. */
interface RecordedCommand {
  readonly command: string;
  readonly stdin?: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

const [first = "", ...lines] = readFileSync(join(import.meta.dirname, "recorded-commands.jsonl"), "utf8")
  .trimEnd()
  .split("\n");
const texts = JSON.parse(first) as Readonly<Record<string, string>>;
const recorded = lines.map((line) => JSON.parse(line) as RecordedCommand);

describe("recorded kubectl apply, patch, replace and create", () => {
  const lab = Cluster.create();
  const files = { read: (path: string) => texts[path], write: () => {}, list: () => undefined };

  it.each(recorded.map((one) => [one.command, one] as const))("%s", (command, one) => {
    const [, ...words] = shellWords(command);
    const { stdout, stderr, exitCode } = runKubectl(words, kubectlHost(lab, { files, stdin: one.stdin ?? "" }));
    expect({ stdout: masked(stdout), stderr: masked(stderr), exitCode }).toEqual({
      stdout: one.stdout,
      stderr: one.stderr,
      exitCode: one.exitCode,
    });
  });
});

/** What differs from cluster to cluster. */
function masked(text: string): string {
  return text
    .replace(/(\btime"?: )"[^"]*"/g, "$1T")
    .replace(/((?:"|)(?:uid|resourceVersion|creationTimestamp)"?: )"?[^",\n]+"?/g, "$1X")
    .replace(/10\.(9[6-9]|1[01][0-9])\.\d+\.\d+/g, "IP")
    .replace(/\n *"?generation"?: \d+,?/g, "")
    .replace(/(nodePort"?: )\d+/g, "$1N")
    .replace(/"(uid|resourceVersion|creationTimestamp)":"[^"]*"/g, '"$1":"X"')
    .replace(/\\"(uid|resourceVersion|creationTimestamp)\\":\\"[^"]*\\"/g, "X");
}
