import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { failure } from "../command-error.ts";
import { type DryRun, dryRunSuffix } from "../flags/dry-run.ts";
import type { FlagValues } from "../flags/flag.ts";
import type { Session } from "../session.ts";
import { printJson } from "./json.ts";
import { readFormat, templatePrinter } from "./template-printer.ts";
import { printYaml } from "./yaml.ts";

/** Prints an object after something was done to it. */
export type ObjectPrinter = (object: PlainObject) => void;

/**
 * What `-o` of a command that changes something asks for: by default `service/web created`
 * (cli-runtime, genericclioptions.PrintFlags).
 *
 * @throws CommandError for a format that there is not
 */
export function objectPrinter(session: Session, flags: FlagValues, operation: string, dryRun: DryRun): ObjectPrinter {
  const format = readFormat(flags);
  const printable = (object: PlainObject): PlainObject =>
    flags.flag("show-managed-fields") ? object : withoutManagedFields(object);
  const fill = templatePrinter(format, flags, session.host.files, known);
  if (fill !== undefined) return (object) => session.write(fill(object));
  switch (format.name) {
    case "":
      return (object) => session.say(`${nameOf(object)} ${operation}${dryRunSuffix(dryRun)}`);
    case "name":
      return (object) => session.say(nameOf(object));
    case "json":
      return (object) => session.write(printJson(printable(object)));
    case "yaml":
      return yamlPrinter(session, printable);
    case "kyaml":
      throw failure(`-o kyaml is not modelled; known formats are: ${known}`);
    default:
      throw unknownFormat(format.name);
  }
}

const known = "json,jsonpath,jsonpath-as-json,jsonpath-file,name,yaml";

/** Documents but the first begin with `---`. */
function yamlPrinter(session: Session, printable: (object: PlainObject) => PlainObject): ObjectPrinter {
  let printed = 0;
  return (object) => {
    if (printed++ > 0) session.say("---");
    session.write(printYaml(printable(object)));
  };
}

function unknownFormat(format: string): Error {
  const formats =
    "go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,kyaml,name,template,templatefile,yaml";
  return failure(
    `unable to match a printer suitable for the output format ${JSON.stringify(format)}, allowed formats are: ${formats}`,
  );
}

/** `service/web`, `deployment.apps/web`. */
export function nameOf(object: PlainObject): string {
  const { kind, apiVersion, metadata } = object as { kind: string; apiVersion: string; metadata: { name: string } };
  const group = apiVersion.includes("/") ? `.${apiVersion.slice(0, apiVersion.indexOf("/"))}` : "";
  return `${kind.toLowerCase()}${group}/${metadata.name}`;
}

/** Of an object, or of each of a list. */
export function withoutManagedFields(object: PlainObject): PlainObject {
  if (Array.isArray(object.items)) {
    return { ...object, items: (object.items as readonly PlainObject[]).map(withoutManagedFields) };
  }
  const metadata = object.metadata as PlainObject | undefined;
  if (metadata?.managedFields === undefined) return object;
  const { managedFields: _, ...rest } = metadata;
  return { ...object, metadata: rest };
}
