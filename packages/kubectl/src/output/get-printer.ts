import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { failure } from "../command-error.ts";
import type { FlagValues } from "../flags/flag.ts";
import type { FileTree } from "../host.ts";
import { columnPrinter, readColumnFile, readColumns } from "./custom-columns.ts";
import { compactJson, printJson, sortedKeys } from "./json.ts";
import { pathPrinter } from "./jsonpath/path-printer.ts";
import { nameOf, withoutManagedFields } from "./object-printer.ts";
import { printYaml } from "./yaml.ts";

/** What `kubectl get` prints: an object or a List of them, or something that happened to one. */
export interface Printed {
  readonly object: PlainObject;
  /** `ADDED`: of a watch. */
  readonly event?: string;
}

export type GetPrinter = (printed: Printed) => string;

const formats =
  "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file," +
  "kyaml,name,template,templatefile,wide,yaml";

/** `-o jsonpath=TEMPLATE`, or `-o jsonpath --template=TEMPLATE`. */
interface Format {
  readonly name: string;
  readonly argument: string;
}

/**
 * The printer for `-o` (kubectl pkg/cmd/get/get_flags.go, cli-runtime pkg/genericclioptions).
 *
 * @throws CommandError for a format that there is not, and for a template that cannot be read
 */
export function getPrinter(flags: FlagValues, files: FileTree): GetPrinter {
  const { name, argument } = readFormat(flags);
  if (/^(go-template|template|go-template-file|templatefile)$/.test(name)) throw noTemplates(name, argument);
  if (name.startsWith("jsonpath")) return jsonPathPrinter(name, argument, flags, files);
  if (name.startsWith("custom-columns")) return columnsPrinter(name, argument, flags, files);
  const keep = flags.flag("show-managed-fields");
  if (name === "yaml") return yamlPrinter(keep);
  if (name === "json") return jsonPrinter(keep);
  if (name === "name") return namePrinter;
  if (name === "kyaml") throw failure(`-o kyaml is not modelled; known formats are: ${knownFormats}`);
  throw failure(
    `unable to match a printer suitable for the output format ${JSON.stringify(name)}, allowed formats are: ${formats}`,
  );
}

const knownFormats = "custom-columns,custom-columns-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,wide,yaml";

function readFormat(flags: FlagValues): Format {
  const output = flags.text("output");
  const template = flags.text("template");
  if (template !== "") return { name: output === "" ? "go-template" : output, argument: template };
  const match =
    /^(go-template|template|go-template-file|templatefile|jsonpath|jsonpath-file|jsonpath-as-json|custom-columns|custom-columns-file)=([\s\S]*)$/.exec(
      output,
    );
  return match === null ? { name: output, argument: "" } : { name: match[1]!, argument: match[2]! };
}

function noTemplates(name: string, argument: string): Error {
  if (argument === "") return failure("template format specified but no template given");
  return failure(`-o ${name} is not modelled: Go templates are not run; known formats are: ${knownFormats}`);
}

function jsonPathPrinter(name: string, argument: string, flags: FlagValues, files: FileTree): GetPrinter {
  if (!["jsonpath", "jsonpath-file", "jsonpath-as-json"].includes(name)) throw unknown(name);
  if (argument === "") throw failure("template format specified but no template given");
  const template = name === "jsonpath-file" ? readTemplate(argument, files, "--template ") : argument;
  const print = pathPrinter(template, {
    allowMissingKeys: flags.flag("allow-missing-template-keys"),
    asJson: name === "jsonpath-as-json",
  });
  return (printed) => print(asValue(printed));
}

function columnsPrinter(name: string, argument: string, flags: FlagValues, files: FileTree): GetPrinter {
  if (name !== "custom-columns" && name !== "custom-columns-file") throw unknown(name);
  if (argument === "") throw failure("custom-columns format specified but no custom columns given");
  if (name === "custom-columns-file") {
    const print = columnPrinter(readColumnFile(readTemplate(argument, files, "template ")), false);
    return (printed) => print(rowsOf(printed));
  }
  const print = columnPrinter(readColumns(argument), flags.flag("no-headers"));
  return (printed) => print(rowsOf(printed));
}

function unknown(name: string): Error {
  return failure(
    `unable to match a printer suitable for the output format ${JSON.stringify(name)}, allowed formats are: ${formats}`,
  );
}

function readTemplate(path: string, files: FileTree, what: string): string {
  const text = files.read(path);
  if (text !== undefined) return text;
  throw failure(`error reading ${what}${path}, open ${path}: no such file or directory`);
}

/** Documents but the first begin with `---`. */
function yamlPrinter(keep: boolean): GetPrinter {
  let count = 0;
  return (printed) => `${count++ > 0 ? "---\n" : ""}${printYaml(asValue(shown(printed, keep)))}`;
}

function jsonPrinter(keep: boolean): GetPrinter {
  return (printed) => {
    if (printed.event === undefined) return printJson(sortedKeys(shown(printed, keep).object));
    return `{"type":${compactJson(printed.event)},"object":${compactJson(printed.object)}}\n`;
  };
}

const namePrinter: GetPrinter = ({ object }) =>
  itemsOf(object)
    .map((item) => `${nameOf(item)}\n`)
    .join("");

function rowsOf(printed: Printed): readonly PlainObject[] {
  return printed.event === undefined ? itemsOf(printed.object) : [asValue(printed)];
}

function asValue({ object, event }: Printed): PlainObject {
  return event === undefined ? object : { type: event, object };
}

function itemsOf(object: PlainObject): readonly PlainObject[] {
  return isList(object) ? (object.items as readonly PlainObject[]) : [object];
}

/** Events are shown as they are. */
function shown(printed: Printed, keep: boolean): Printed {
  const { object, event } = printed;
  if (keep || event !== undefined) return printed;
  if (!isList(object)) return { object: withoutManagedFields(object) };
  return { object: { ...object, items: itemsOf(object).map(withoutManagedFields) } };
}

function isList({ kind, items }: PlainObject): boolean {
  return typeof kind === "string" && kind.endsWith("List") && Array.isArray(items);
}
