import { type CommandResult, runKubectl } from "@kubenetsim/kubectl";
import type { Cluster } from "../cluster/cluster.ts";
import { kubectlHost } from "../kubectl/kubectl-host.ts";
import { type CommandSource, withProgram } from "./command-source.ts";
import type { Program } from "./program.ts";
import { textPrograms } from "./programs/text-programs.ts";
import { readCommands } from "./read-commands.ts";
import { runCommands } from "./run-commands.ts";

export interface KubectlOptions {
  /** What standard input holds. */
  readonly stdin?: string;
  /** The editor of `kubectl edit`: takes the text that it would show, and gives the one that is saved. */
  readonly edit?: (text: string) => string;
}

/**
 * kubectl as a program of the shell. Controllers, cloud and kube-proxy have done their work before the next command, as they
 * have when a person types it.
 */
export function kubectlProgram(lab: Cluster, { edit }: KubectlOptions = {}): Program {
  return (args, { files, stdin = "" }) => {
    const result = runKubectl(args, kubectlHost(lab, { files, stdin, ...(edit && { edit }) }));
    lab.settle();
    return result;
  };
}

/** A command line of somebody who sits before the cluster: kubectl, and what takes texts to pieces. */
export function runKubectlLine(lab: Cluster, source: CommandSource, options: KubectlOptions = {}): CommandResult {
  const { stdin } = options;
  const programs = new Map([...textPrograms, ["kubectl", kubectlProgram(lab, options)] as const]);
  return runCommands(readCommands(withProgram("kubectl", source)), { programs, files: lab.files, stdin });
}
