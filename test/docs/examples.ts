import type { SourceFile } from "../tidy/source-files.ts";

/** A fenced block of a document. */
export interface Fence {
  /** ```` ```sh ````, with whatever else stands there: `sh not run`. */
  readonly info: string;
  readonly text: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  /** Of the closing one. */
  readonly end: number;
}

export function fencesOf(file: SourceFile): Fence[] {
  const fences: Fence[] = [];
  let open: { info: string; line: number; lines: string[] } | undefined;
  for (const [index, line] of file.lines.entries()) {
    if (!line.startsWith("```")) open?.lines.push(line);
    else if (open === undefined) open = { info: line.slice(3).trim(), line: index + 1, lines: [] };
    else {
      fences.push({ info: open.info, line: open.line, end: index + 1, text: open.lines.join("\n") });
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

/** The block with a program's output: text that stands below it with nothing but empty lines between them. */
export function outputBelow(file: SourceFile, program: Fence): Fence | undefined {
  const next = fencesOf(file).find(({ line }) => line > program.end);
  if (next?.info !== "text") return undefined;
  return file.lines.slice(program.end, next.line - 1).every((line) => line.trim() === "") ? next : undefined;
}

/** The file of the first picture below a program, before the next program, from the document's folder. */
export function pictureBelow(file: SourceFile, program: Fence): string | undefined {
  const next = fencesOf(file).find(({ line, info }) => line > program.end && info === "ts");
  const between = file.lines.slice(program.end, next === undefined ? undefined : next.line - 1).join("\n");
  return /!\[[^\]]*\]\(([^)]+\.svg)\)/.exec(between)?.[1];
}

/** The document with the whole output of every command and program whose output is shown without gaps. */
export async function withFreshOutput(
  file: SourceFile,
  runCommand: (words: readonly string[]) => Promise<string>,
  runProgram: (fence: Fence) => Promise<string>,
): Promise<string> {
  const lines = [...file.lines];
  for (const fence of fencesOf(file).toReversed()) {
    if (fence.info === "sh") replaceBlock(lines, fence, await freshCommands(fence, runCommand));
    const output = fence.info === "ts" ? outputBelow(file, fence) : undefined;
    if (output !== undefined && !output.text.includes("…")) {
      replaceBlock(lines, output, (await runProgram(fence)).trimEnd());
    } else if (fence.info === "ts" && output === undefined && pictureBelow(file, fence) !== undefined) {
      // It only draws.
      await runProgram(fence);
    }
  }
  return lines.join("\n");
}

async function freshCommands(fence: Fence, run: (words: readonly string[]) => Promise<string>): Promise<string> {
  const examples = shellExamples(fence);
  if (fence.text.includes("…") || examples.every((example) => example.output === "")) return fence.text;
  const fresh: string[] = [];
  for (const { words, output } of examples) {
    const command = `$ npx kubenetsim ${words.join(" ")}`;
    fresh.push(output === "" ? command : `${command}\n${(await run(words)).trimEnd()}`);
  }
  return fresh.join("\n");
}

function replaceBlock(lines: string[], fence: Fence, text: string): void {
  lines.splice(fence.line, fence.end - fence.line - 1, ...text.split("\n"));
}
