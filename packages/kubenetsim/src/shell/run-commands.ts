import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { CommandResult, FileTree } from "@kubenetsim/kubectl";
import type { Command, Pipeline, Redirection, Word } from "./command-list.ts";
import type { CommandSource } from "./command-source.ts";
import { filePattern } from "./file-pattern.ts";
import { failed, type Programs } from "./program.ts";
import { readCommands } from "./read-commands.ts";

export interface Shell {
  readonly programs: Programs;
  readonly files: FileTree;
  /** What the first command of each pipeline reads. */
  readonly stdin?: string | undefined;
}

/**
 * Runs a command line. What its commands print comes together; the exit code is that of the last. What is refused is told on
 * standard error: a line that cannot be read, or in which a program is not known, before anything of it is run (exit code 2,
 * 127); what a program does not know when it comes to that (1).
 */
export function runLine(source: CommandSource, shell: Shell): CommandResult {
  let pipelines: readonly Pipeline[];
  try {
    pipelines = readCommands(source);
  } catch (reason) {
    return refused(reason, 2);
  }
  for (const { words } of pipelines.flatMap(({ commands }) => commands)) {
    const problem = unknownProgram(words[0]!, shell.programs);
    if (problem !== undefined) return refused(problem, 127);
    const found = words.map((word) => foundFiles(word, shell.files)).find((one) => one !== undefined);
    if (found !== undefined) return refused(found, 2);
  }
  return runPipelines(pipelines, shell);
}

/** @throws whatever is no refusal */
function refused(reason: unknown, exitCode: number): CommandResult {
  if (!(reason instanceof UnsupportedError || reason instanceof ParseError)) throw reason;
  const hint = reason instanceof ParseError && reason.hint !== undefined ? ` (${reason.hint})` : "";
  return failed(`sh: ${reason.message}${hint}`, exitCode);
}

function runPipelines(pipelines: readonly Pipeline[], shell: Shell): CommandResult {
  let stdout = "";
  let stderr = "";
  let exitCode = 0;
  for (const { runs, commands } of pipelines) {
    if (runs === "after success" && exitCode !== 0) continue;
    if (runs === "after failure" && exitCode === 0) continue;
    const result = runPipeline(commands, shell);
    stdout += result.stdout;
    stderr += result.stderr;
    exitCode = result.exitCode;
  }
  return { stdout, stderr, exitCode };
}

function runPipeline(commands: readonly Command[], shell: Shell): CommandResult {
  let { stdin } = shell;
  let stderr = "";
  let exitCode = 0;
  for (const command of commands) {
    const result = attempt(() => runCommand(command, { ...shell, stdin }));
    stderr += result.stderr;
    exitCode = result.exitCode;
    stdin = result.stdout;
  }
  return { stdout: stdin ?? "", stderr, exitCode };
}

function attempt(work: () => CommandResult): CommandResult {
  try {
    return work();
  } catch (reason) {
    return refused(reason, 1);
  }
}

/** Where one of the two streams ends up. */
type Sink = { readonly kind: "stdout" | "stderr" | "nowhere" } | { readonly kind: "file"; readonly path: string };

function runCommand({ variables, words, redirections }: Command, shell: Shell): CommandResult {
  const { files } = shell;
  const sinks: { stdout: Sink; stderr: Sink } = { stdout: { kind: "stdout" }, stderr: { kind: "stderr" } };
  let { stdin } = shell;
  for (const redirection of redirections) {
    if (redirection.kind === "text") stdin = redirection.text;
    else if (redirection.kind === "copy") sinks[redirection.from] = sinks[redirection.to];
    else if (redirection.kind === "read") {
      stdin = redirection.path === "/dev/null" ? "" : files.read(redirection.path);
      if (stdin === undefined) return failed(`bash: ${redirection.path}: No such file or directory`);
    } else sinks[redirection.from] = openSink(redirection, files);
  }
  const [name, ...args] = words.map(({ text }) => text);
  const result = attempt(() => shell.programs.get(name!)!(args, { stdin, files, variables }));
  const told = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    const sink = sinks[stream];
    const text = result[stream];
    if (sink.kind === "file") files.write(sink.path, (files.read(sink.path) ?? "") + text);
    else if (sink.kind !== "nowhere") told[sink.kind] += text;
  }
  return { ...told, exitCode: result.exitCode };
}

/** A file is there, and emptied unless it is added to, before the command runs. */
function openSink({ kind, path }: Extract<Redirection, { path: string }>, files: FileTree): Sink {
  if (path === "/dev/null") return { kind: "nowhere" };
  if (kind === "write" || files.read(path) === undefined) files.write(path, "");
  return { kind: "file", path };
}

function unknownProgram({ text }: Word, programs: Programs): UnsupportedError | undefined {
  if (programs.has(text)) return undefined;
  const names = [...programs.keys()].sort();
  const meant = nearestWord(text, names);
  const known = `known are ${names.join(", ")}`;
  return new UnsupportedError(
    `the command ${JSON.stringify(text)}`,
    meant === undefined ? known : `did you mean ${meant}? ${known}`,
  );
}

/** A pattern that no file fits stays as it is, as in bash; no other is modelled. */
function foundFiles({ text, pattern }: Word, files: FileTree): UnsupportedError | undefined {
  if (pattern === undefined) return undefined;
  const folder = text.slice(0, text.lastIndexOf("/") + 1);
  const isMeant = filePattern(text, pattern);
  const found = (files.list(folder === "" ? "." : folder) ?? []).find((path) => isMeant.test(path));
  if (found === undefined) return undefined;
  return new UnsupportedError(
    `the pattern ${JSON.stringify(text)} for files such as ${found}`,
    "give the folder, or name the files",
  );
}
