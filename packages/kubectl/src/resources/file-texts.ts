import { failure } from "../command-error.ts";
import type { FlagValues } from "../flags/flag.ts";
import type { KubectlHost } from "../host.ts";

/** A text to read objects from. */
export interface SourceText {
  /** As messages name it. */
  readonly source: string;
  readonly text: string;
}

/** Files that a folder's reader takes (cli-runtime, resource.FileExtensions). */
const endings = [".json", ".yaml", ".yml"];

/**
 * The texts behind `-f`: files as they are, of folders those that end in .json, .yaml or .yml (with `-R` of the folders
 * below, too), `-` for standard input.
 *
 * @throws CommandError in the words of cli-runtime, pkg/resource/builder.go
 */
export function readTexts(host: KubectlHost, flags: FlagValues): readonly SourceText[] {
  if (flags.text("kustomize") !== "") throw failure("kustomize is not modelled; give the manifests with -f");
  const names = flags.list("filename");
  if (names.filter((name) => name === "-").length > 1) {
    throw failure("standard input cannot be used for multiple arguments");
  }
  return names.flatMap((name) => textsOf(name, host, flags.flag("recursive")));
}

function textsOf(name: string, host: KubectlHost, recursive: boolean): SourceText[] {
  if (name === "-") return [{ source: "STDIN", text: host.stdin }];
  if (/^https?:\/\//.test(name)) {
    throw failure(`reading ${name} is not modelled: nothing outside is asked; give files, folders or - with -f`);
  }
  const text = host.files.read(name);
  if (text !== undefined) return [{ source: name, text }];
  const paths = host.files.list(name);
  if (paths === undefined) throw failure(`the path ${JSON.stringify(name)} does not exist`);
  const folder = name.replace(/\/+$/, "");
  const taken = paths.filter(
    (path) => endings.some((ending) => path.endsWith(ending)) && (recursive || isDirectly(path, folder)),
  );
  if (taken.length === 0) {
    throw failure(`error reading [${name}]: recognized file extensions are [${endings.join(" ")}]`);
  }
  return taken.map((path) => ({ source: path, text: host.files.read(path) ?? "" }));
}

function isDirectly(path: string, folder: string): boolean {
  const below = folder === "." || folder === "" ? path : path.slice(folder.length + 1);
  return !below.includes("/");
}
