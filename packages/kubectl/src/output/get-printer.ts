import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { failure } from "../command-error.ts";
import type { FlagValues } from "../flags/flag.ts";
import type { FileTree } from "../host.ts";
import { columnPrinter, readColumnFile, readColumns } from "./custom-columns.ts";
import { compactJson, printJson, sortedKeys } from "./json.ts";
import { nameOf, withoutManagedFields } from "./object-printer.ts";
import { readFormat, readTemplate, templatePrinter } from "./template-printer.ts";
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

/**
 * The printer for `-o` (kubectl pkg/cmd/get/get_flags.go, cli-runtime pkg/genericclioptions).
 *
 * @throws CommandError for a format that there is not, and for a template that cannot be read
 */
export function getPrinter(flags: FlagValues, files: FileTree): GetPrinter {
  const { name, argument } = readFormat(flags);
  const print = templatePrinter({ name, argument }, flags, files, knownFormats);
  if (print !== undefined) return (printed) => print(asValue(printed));
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
