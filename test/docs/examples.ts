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

/**
 * Where shown and real output part; undefined when they agree. A line `…` stands for any lines, `…` within a line for any
 * text, and spaces count as one.
 */
export function disagreement(shown: string, real: string): string | undefined {
  if (shown === "") return undefined;
  const pattern = shown
    .split("\n")
    .map((line) => (line.trim() === "…" ? "(?:.*\\n)*?" : `${squeezed(line).split("…").map(literally).join(".*")}\\n`))
    .join("");
  const text = `${real.trimEnd().split("\n").map(squeezed).join("\n")}\n`;
  return new RegExp(`^${pattern}$`).test(text) ? undefined : `shown:\n${shown}\nreal:\n${real}`;
}

function squeezed(line: string): string {
  return line.trimEnd().replace(/ +/g, " ");
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** The document with the whole output of every command whose output is shown without gaps. */
export function withFreshOutput(file: SourceFile, run: (words: readonly string[]) => string): string {
  let text = file.text;
  for (const fence of fencesOf(file)) {
    const examples = fence.info === "sh" ? shellExamples(fence) : [];
    if (fence.text.includes("…") || examples.every((example) => example.output === "")) continue;
    const fresh = examples.map(({ words, output }) => {
      const command = `$ npx kubenetsim ${words.join(" ")}`;
      return output === "" ? command : `${command}\n${run(words).trimEnd()}`;
    });
    text = text.replace(`\`\`\`sh\n${fence.text}\n\`\`\``, () => `\`\`\`sh\n${fresh.join("\n")}\n\`\`\``);
  }
  return text;
}
