export type { CommandResult } from "./command-result.ts";
export type { Edited, FileTree, KubectlHost } from "./host.ts";
export { runKubectl } from "./kubectl.ts";
