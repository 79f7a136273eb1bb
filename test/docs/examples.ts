import type { SourceFile } from "../tidy/source-files.ts";

/** A fenced block of a document. */
export interface Fence {
  /** ```` ```sh ````, with whatever else stands there: `sh not run`. */
  readonly info: string;
  readonly text: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
}

export function fencesOf(file: SourceFile): Fence[] {
  const fences: Fence[] = [];
  let open: { info: string; line: number; lines: string[] } | undefined;
  for (const [index, line] of file.lines.entries()) {
    if (!line.startsWith("```")) open?.lines.push(line);
    else if (open === undefined) open = { info: line.slice(3).trim(), line: index + 1, lines: [] };
    else {
      fences.push({ info: open.info, line: open.line, text: open.lines.join("\n") });
      open = undefined;
    }
  }
  return fences;
}

export interface ShellExample {
  /** What follows `$ npx kubenetsim`. */
  readonly words: readonly string[];
  readonly output: string;
}

/** The commands of a shell block, each with the output that is shown below it. */
export function shellExamples(fence: Fence): ShellExample[] {
  return fence.text
    .split(/^\$ /m)
    .filter((part) => part.trim() !== "")
    .map((part) => {
      const [command = "", ...output] = part.split("\n");
      const words = command.trim().split(/\s+/);
      if (words[0] !== "npx" || words[1] !== "kubenetsim") throw new Error(`line ${fence.line}: not ours: ${command}`);
      return { words: words.slice(2), output: output.join("\n").trimEnd() };
    });
}

/** Where shown and real output part; undefined when they agree. A line `…` stands for any lines, `…` within one for any text. */
export function disagreement(shown: string, real: string): string | undefined {
  if (shown === "") return undefined;
  const pattern = shown
    .split("\n")
    .map((line) => (line.trim() === "…" ? "(?:.*\\n)*?" : `${line.trimEnd().split("…").map(escape).join(".*")}\\s*\\n`))
    .join("");
  if (new RegExp(`^${pattern}$`).test(`${real.trimEnd()}\n`)) return undefined;
  return `shown:\n${shown}\nreal:\n${real}`;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
