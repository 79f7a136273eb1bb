import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Cluster, MemoryFiles } from "kubenetsim";
import { root, type SourceFile } from "../tidy/source-files.ts";
import { type Fence, fencesOf } from "./examples.ts";

/** A command of a session that a document shows, with what it prints. */
export interface ConsoleStep {
  /** From 1, in the document. */
  readonly line: number;
  /** The node on which it is typed, or `pc` for a computer outside; undefined where kubectl runs. */
  readonly node: string | undefined;
  readonly command: string;
  /** What `kubectl edit` changes: each text for another. */
  readonly edits: readonly (readonly [string, string])[];
  /** The command and its edits as they are shown. */
  readonly head: readonly string[];
  readonly output: string;
}

const prompt = /^([\w-]*)\$ (.*)$/;
const editLine = /^# (.+) => (.+)$/;

/**
 * The commands of a block: `$ kubectl …`, `n1$ iptables-save`, `pc$ curl …` from outside. Lines with `> ` go on with a command, and
 * `# FROM => TO` below `kubectl edit` is what happens in the editor.
 */
export function consoleSteps(fence: Fence): ConsoleStep[] {
  const steps: { line: number; head: string[]; output: string[] }[] = [];
  for (const [i, line] of fence.text.split("\n").entries()) {
    const last = steps.at(-1);
    if (prompt.test(line)) steps.push({ line: fence.line + 1 + i, head: [line], output: [] });
    else if (last === undefined) throw new Error(`line ${fence.line}: a block of commands begins with one`);
    else if (last.output.length === 0 && (line.startsWith("> ") || editLine.test(line))) last.head.push(line);
    else last.output.push(line);
  }
  return steps.map(({ line, head, output }) => {
    const [, node = "", first = ""] = prompt.exec(head[0]!)!;
    const more = head.slice(1);
    return {
      line,
      node: node === "" ? undefined : node,
      command: [first, ...more.filter((one) => one.startsWith("> ")).map((one) => one.slice(2))].join("\n"),
      edits: more.flatMap((one) => {
        const found = editLine.exec(one);
        return found === null ? [] : [[found[1]!, found[2]!] as const];
      }),
      head,
      output: output.join("\n").trimEnd(),
    };
  });
}

/** Types a document's commands, one after another, at a cluster as kubeadm makes it, beside the document's own files. */
export class ConsoleSession {
  readonly #lab: Cluster;

  constructor(file: SourceFile) {
    const folder = join(root, dirname(file.path));
    const names = readdirSync(folder).filter((name) => /\.(?:ya?ml|pem)$/.test(name));
    const texts = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
    this.#lab = Cluster.create({ nodes: ["n1", "n2", "n3"], kubeadm: true, files: new MemoryFiles(texts) });
  }

  /** What the terminal shows. */
  type({ node, command, edits }: ConsoleStep): string {
    const edit = (text: string): string => edits.reduce((changed, [from, to]) => replaced(changed, from, to), text);
    const isKubectl = command.startsWith("kubectl");
    const { stdout, stderr } =
      node !== undefined
        ? (node === "pc" ? this.#lab.external() : this.#lab.node(node)).sh(command)
        : isKubectl
          ? this.#lab.kubectl(command, { edit })
          : this.#lab.node("n1").sh(command);
    return stdout + stderr;
  }
}

function replaced(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`there is no ${from} to edit in:\n${text}`);
  return text.replace(from, to);
}

/** The document with what its commands print now; blocks with gaps (`…`) stay. */
export function withFreshConsoles(file: SourceFile): string {
  const fences = fencesOf(file).filter(({ info }) => info === "console");
  if (fences.length === 0) return file.lines.join("\n");
  const session = new ConsoleSession(file);
  const fresh = fences.map((fence) =>
    consoleSteps(fence).map((step) => {
      const printed = session.type(step).trimEnd();
      const output = step.output.includes("…") ? step.output : printed;
      return [...step.head, ...(output === "" ? [] : [output])].join("\n");
    }),
  );
  const lines = [...file.lines];
  for (const [i, { line, end }] of [...fences.entries()].toReversed()) {
    lines.splice(line, end - line - 1, ...fresh[i]!.join("\n").split("\n"));
  }
  return lines.join("\n");
}
