import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Cluster } from "kubenetsim";
import { describe, expect, it } from "vitest";

/** Command lines one after another, with what a real kubectl 1.37.2 answered before a real API server and its controllers. */
interface Recorded {
  readonly files: Readonly<Record<string, string>>;
  readonly commands: readonly {
    readonly line: string;
    readonly stdout: string;
    readonly stderr: string;
    readonly exitCode: number;
  }[];
}

const { files, commands } = JSON.parse(
  readFileSync(join(import.meta.dirname, "recorded-sets.json"), "utf8"),
) as Recorded;

/** StatefulSets and DaemonSets without nodes: defaults, refusals, revisions, rollouts and what is said of them. */
describe("recorded kubectl with StatefulSets and DaemonSets", () => {
  const lab = Cluster.create();
  for (const [path, text] of Object.entries(files)) lab.files.write(path, text);

  it.each(commands.map((one) => [one.line, one] as const))("%s", (line, { stdout, stderr, exitCode }) => {
    const answer = lab.kubectl(line);
    expect({ ...answer, stdout: masked(answer.stdout), stderr: masked(answer.stderr) }).toEqual({
      stdout: masked(stdout),
      stderr: masked(stderr),
      exitCode,
    });
  });
});

/** Without times, ages and what a server draws. */
function masked(text: string): string {
  return text
    .replace(/((?:uid|resourceVersion|creationTimestamp|CreationTimestamp): +).*/g, "$1-")
    .replace(/ \d+s {2,}/g, " 0s ");
}
