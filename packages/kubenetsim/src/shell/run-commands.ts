import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { CommandResult, FileTree } from "@kubenetsim/kubectl";
import type { Command, Pipeline, Redirection, Word } from "./command-list.ts";
import { failed, type Programs } from "./program.ts";

export interface Shell {
  readonly programs: Programs;
  readonly files: FileTree;
  /** What the first command of each pipeline reads. */
  readonly stdin?: string | undefined;
}

/**
 * Runs commands one after another. What they print comes together; the exit code is that of the last.
 *
 * @throws UnsupportedError before anything is run for a program that is not known
 */
export function runCommands(pipelines: readonly Pipeline[], shell: Shell): CommandResult {
  for (const { words } of pipelines.flatMap(({ commands }) => commands)) {
    requireProgram(words[0]!, shell.programs);
    for (const word of words) refuseFoundFiles(word, shell.files);
  }
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
    const result = runCommand(command, { ...shell, stdin });
    stderr += result.stderr;
    exitCode = result.exitCode;
    stdin = result.stdout;
  }
  return { stdout: stdin ?? "", stderr, exitCode };
}

/** Where one of the two streams ends up. */
type Sink = { readonly kind: "stdout" | "stderr" | "nowhere" } | { readonly kind: "file"; readonly path: string };

function runCommand({ words, redirections }: Command, shell: Shell): CommandResult {
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
  const result = shell.programs.get(name!)!(args, { stdin, files });
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

function requireProgram({ text }: Word, programs: Programs): void {
  if (programs.has(text)) return;
  const names = [...programs.keys()].sort();
  const meant = nearestWord(text, names);
  const known = `known are ${names.join(", ")}`;
  throw new UnsupportedError(
    `the command ${JSON.stringify(text)}`,
    meant === undefined ? known : `did you mean ${meant}? ${known}`,
  );
}

/** A pattern that no file fits stays as it is, as in bash; no other is modelled. */
function refuseFoundFiles({ text, pattern }: Word, files: FileTree): void {
  if (pattern === undefined) return;
  const folder = text.slice(0, text.lastIndexOf("/") + 1);
  const isMeant = patternOf(text, pattern);
  const found = (files.list(folder === "" ? "." : folder) ?? []).find((path) => isMeant.test(path));
  if (found === undefined) return;
  throw new UnsupportedError(
    `the pattern ${JSON.stringify(text)} for files such as ${found}`,
    "give the folder, or name the files",
  );
}

function patternOf(text: string, pattern: string): RegExp {
  const source = text.split("").map((char, i) => {
    if (pattern[i] === "*") return "[^/]*";
    if (pattern[i] === "?") return "[^/]";
    return char.replace(/[.*+?^${}()|[\]\\/]/, "\\$&");
  });
  return new RegExp(`^(?:\\./)?${source.join("")}$`);
}
