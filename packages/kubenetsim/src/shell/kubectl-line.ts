import { type CommandResult, type FileTree, runKubectl } from "@kubenetsim/kubectl";
import type { Cluster } from "../cluster/cluster.ts";
import { kubectlHost } from "../kubectl/kubectl-host.ts";
import { commandEditor } from "./command-editor.ts";
import { type CommandSource, withProgram } from "./command-source.ts";
import type { Program } from "./program.ts";
import { textPrograms } from "./programs/text-programs.ts";
import { runLine } from "./run-commands.ts";

export interface KubectlOptions {
  /** What standard input holds. */
  readonly stdin?: string;
  /** The editor of `kubectl edit`: takes the text that it would show, and gives the one that is saved. */
  readonly edit?: (text: string) => string;
  /** Or the command of one, of programs of the shell: `sed -i s/80/81/`. `EDITOR=…` and `KUBE_EDITOR=…` before kubectl go before it. */
  readonly editor?: string;
}

/**
 * kubectl as a program of the shell. Controllers, cloud and kube-proxy have done their work before the next command, as they
 * have when a person types it.
 */
export function kubectlProgram(lab: Cluster, options: KubectlOptions = {}): Program {
  return (args, { files, stdin = "", variables }) => {
    const result = runKubectl(args, kubectlHost(lab, { files, stdin, edit: editorOf(variables, options, files) }));
    lab.settle();
    return result;
  };
}

/** KUBE_EDITOR before EDITOR, as the real one asks for them (kubectl pkg/cmd/util/editor/editor.go). */
function editorOf(
  variables: ReadonlyMap<string, string>,
  { edit, editor }: KubectlOptions,
  files: FileTree,
): ReturnType<typeof commandEditor> | undefined {
  const command = variables.get("KUBE_EDITOR") || variables.get("EDITOR") || editor;
  if (command !== undefined) return commandEditor(command, { programs: new Map(textPrograms), files });
  return edit === undefined ? undefined : (text) => ({ text: edit(text), stdout: "", stderr: "" });
}

/** A command line of somebody who sits before the cluster: kubectl, and what takes texts to pieces. */
export function runKubectlLine(lab: Cluster, source: CommandSource, options: KubectlOptions = {}): CommandResult {
  const { stdin } = options;
  const programs = new Map([...textPrograms, ["kubectl", kubectlProgram(lab, options)] as const]);
  return runLine(withProgram("kubectl", source), { programs, files: lab.files, stdin });
}
