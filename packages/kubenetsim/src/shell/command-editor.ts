import type { Edited, FileTree } from "@kubenetsim/kubectl";
import { commandSource } from "./command-source.ts";
import { runLine, type Shell } from "./run-commands.ts";

/** Where kubectl keeps the text while it is edited; a real one draws the number, and has it among the temporary files. */
const path = "kubectl-edit-1.yaml";

/**
 * An editor that is a command: the file's name is put behind it.
 *
 * @example commandEditor("sed -i s/80/81/", shell)("port: 80\n").text; // "port: 81\n"
 */
export function commandEditor(command: string, shell: Shell): (text: string) => Edited {
  return (text) => {
    const files = new EditedFile(shell.files, text);
    const { stdout, stderr, exitCode } = runLine(commandSource(`${command} ${path}`), { ...shell, files });
    return { text: files.text, stdout, stderr, ...(exitCode === 0 ? {} : { problem: problemOf(command, exitCode) }) };
  };
}

/** In the words of kubectl pkg/cmd/util/editor/editor.go, which hands a command with quotes to the shell of the person. */
function problemOf(command: string, exitCode: number): string {
  const isOfShell = command.includes(" ") && /["'\\]/.test(command);
  const shown = JSON.stringify(isOfShell ? `/bin/bash -c ${command}` : command);
  return exitCode === 127 && !isOfShell
    ? `unable to launch the editor ${shown}`
    : `there was a problem with the editor ${shown}`;
}

/** The cluster's files, and the one that is edited. */
class EditedFile implements FileTree {
  text: string;
  readonly #files: FileTree;

  constructor(files: FileTree, text: string) {
    this.#files = files;
    this.text = text;
  }

  read(name: string): string | undefined {
    return name === path ? this.text : this.#files.read(name);
  }

  write(name: string, text: string): void {
    if (name === path) this.text = text;
    else this.#files.write(name, text);
  }

  list(folder: string): readonly string[] | undefined {
    return this.#files.list(folder);
  }
}
