import { failure } from "../command-error.ts";
import type { Flag, FlagValues } from "../flags/flag.ts";

/** Of commands that read objects (kubectl pkg/cmd/util, AddFilenameOptionFlags). */
export const fileFlags: readonly Flag[] = [
  { name: "filename", short: "f", kind: "stringSlice" },
  { name: "kustomize", short: "k", kind: "string" },
  { name: "recursive", short: "R", kind: "bool" },
];

/** Objects are to be read from somewhere. */
export function namesFiles(flags: FlagValues): boolean {
  return flags.list("filename").length > 0 || flags.text("kustomize") !== "";
}

/** @throws CommandError when neither `-f` nor `-k` is there, or both (cli-runtime, FilenameOptions.RequireFilenameOrKustomize) */
export function requireFiles(flags: FlagValues): void {
  const files = flags.list("filename").length > 0;
  const kustomize = flags.text("kustomize") !== "";
  if (!files && !kustomize) throw failure("must specify one of -f and -k");
  if (files && kustomize) throw failure("only one of -f or -k can be specified");
}
