import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { failure } from "../command-error.ts";
import type { FlagValues } from "../flags/flag.ts";
import type { FileTree } from "../host.ts";
import { pathPrinter } from "./jsonpath/path-printer.ts";

/** `-o jsonpath=TEMPLATE`, or `-o jsonpath --template=TEMPLATE`. */
export interface Format {
  readonly name: string;
  readonly argument: string;
}

const withArgument =
  /^(go-template|template|go-template-file|templatefile|jsonpath|jsonpath-file|jsonpath-as-json|custom-columns|custom-columns-file)=([\s\S]*)$/;

export function readFormat(flags: FlagValues): Format {
  const output = flags.text("output");
  const template = flags.text("template");
  if (template !== "") return { name: output === "" ? "go-template" : output, argument: template };
  const match = withArgument.exec(output);
  return match === null ? { name: output, argument: "" } : { name: match[1]!, argument: match[2]! };
}

/**
 * The printer of a template; undefined for formats that have none.
 *
 * @param known the formats that are named where one is refused
 * @throws CommandError for a template that cannot be read, and for those that are not modelled
 */
export function templatePrinter(
  { name, argument }: Format,
  flags: FlagValues,
  files: FileTree,
  known: string,
): ((object: PlainObject) => string) | undefined {
  const isPath = ["jsonpath", "jsonpath-file", "jsonpath-as-json"].includes(name);
  const isGo = /^(go-template|template|go-template-file|templatefile)$/.test(name);
  if (!isPath && !isGo) return undefined;
  if (argument === "") throw failure("template format specified but no template given");
  if (isGo) throw failure(`-o ${name} is not modelled: Go templates are not run; known formats are: ${known}`);
  const template = name === "jsonpath-file" ? readTemplate(argument, files, "--template ") : argument;
  const allowMissingKeys = flags.flag("allow-missing-template-keys");
  return pathPrinter(template, { allowMissingKeys, asJson: name === "jsonpath-as-json" });
}

export function readTemplate(path: string, files: FileTree, what: string): string {
  const text = files.read(path);
  if (text !== undefined) return text;
  throw failure(`error reading ${what}${path}, open ${path}: no such file or directory`);
}
