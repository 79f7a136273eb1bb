import { type CommandError, failure } from "../command-error.ts";
import type { FlagValues } from "../flags/flag.ts";
import type { KubectlHost } from "../host.ts";
import { expandPattern } from "./file-pattern.ts";

/** A text to read objects from. */
export interface SourceText {
  /** As messages name it. */
  readonly source: string;
  readonly text: string;
}

/** Files that a folder's reader takes (cli-runtime, resource.FileExtensions). */
const endings = [".json", ".yaml", ".yml"];

/** Texts, and what is wrong with the names of others. */
export interface SourceTexts {
  readonly texts: readonly SourceText[];
  readonly errors: readonly CommandError[];
}

/**
 * The texts behind `-f`: files as they are, of folders those that end in .json, .yaml or .yml (with `-R` of the folders
 * below, too), `-` for standard input, and `*`, `?` and `[ab]` in names for what there is (cli-runtime, pkg/resource/builder.go).
 *
 * @throws CommandError for what is not modelled
 */
export function readTexts(host: KubectlHost, flags: FlagValues): SourceTexts {
  if (flags.text("kustomize") !== "") throw failure("kustomize is not modelled; give the manifests with -f");
  const names = flags.list("filename");
  const texts: SourceText[] = [];
  const errors: CommandError[] = [];
  if (names.filter((name) => name === "-").length > 1) {
    errors.push(failure("standard input cannot be used for multiple arguments"));
  }
  for (const name of names) {
    if (/^https?:\/\//.test(name)) {
      throw failure(`reading ${name} is not modelled: nothing outside is asked; give files, folders or - with -f`);
    }
    if (name === "-") {
      texts.push({ source: "STDIN", text: host.stdin });
      continue;
    }
    const paths = expandPattern(name, host.files);
    if (paths === undefined) {
      errors.push(failure(`pattern ${JSON.stringify(name)} is not valid: syntax error in pattern`));
      continue;
    }
    if (paths.length === 0) errors.push(failure(`the path ${JSON.stringify(name)} does not exist`));
    for (const path of paths) texts.push(...textsOf(path, host, flags.flag("recursive")));
    if (texts.length === 0 && errors.length === 0) {
      errors.push(failure(`error reading [${paths.join(" ")}]: recognized file extensions are [${endings.join(" ")}]`));
    }
  }
  return { texts, errors };
}

function textsOf(path: string, { files }: KubectlHost, recursive: boolean): SourceText[] {
  const text = files.read(path);
  if (text !== undefined) return [{ source: path, text }];
  const folder = path.replace(/\/+$/, "");
  const taken = files
    .list(path)!
    .filter((below) => endings.some((ending) => below.endsWith(ending)) && (recursive || isDirectly(below, folder)));
  return taken.map((below) => ({ source: below, text: files.read(below) ?? "" }));
}

function isDirectly(path: string, folder: string): boolean {
  const below = folder === "." || folder === "" ? path : path.slice(folder.length + 1);
  return !below.includes("/");
}
