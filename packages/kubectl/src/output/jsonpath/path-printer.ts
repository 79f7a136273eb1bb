import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { goQuoted } from "@kubenetsim/core/runtime/go-quoted";
import { failure } from "../../command-error.ts";
import { goSyntax } from "../go-text.ts";
import { compactJson, printJson, sortedKeys } from "../json.ts";
import { JsonPath } from "./json-path.ts";
import { PathError } from "./parse-path.ts";
import { isObject, type PathValue, plainOf, scalarText } from "./path-value.ts";

export interface PathPrinterOptions {
  readonly allowMissingKeys: boolean;
  /** `jsonpath-as-json`: each part of the template becomes a list of what it found. */
  readonly asJson: boolean;
}

/**
 * `-o jsonpath=…` (cli-runtime, pkg/printers/jsonpath.go).
 *
 * @throws CommandError for a template that cannot be read, and from the printer for one that cannot be filled in
 */
export function pathPrinter(template: string, options: PathPrinterOptions): (object: PlainObject) => string {
  const path = parsed(template, options);
  return (object) => {
    try {
      return path
        .find(object)
        .map((results) => resultsText(results, options.asJson))
        .join("");
    } catch (reason) {
      if (!(reason instanceof PathError)) throw reason;
      throw unfilled(template, reason.message, object);
    }
  };
}

function parsed(template: string, { allowMissingKeys }: PathPrinterOptions): JsonPath {
  try {
    return new JsonPath(template, { allowMissingKeys });
  } catch (reason) {
    if (!(reason instanceof PathError)) throw reason;
    throw failure(`error parsing jsonpath ${template}, ${reason.message}`);
  }
}

export function resultsText(results: readonly PathValue[], asJson: boolean): string {
  if (asJson) return printJson(sortedKeys(results.map(plainOf)));
  return results.map((value) => (isCompound(value) ? compactJson(plainOf(value)) : scalarText(value))).join(" ");
}

function isCompound(value: PathValue): boolean {
  return Array.isArray(value) || isObject(value);
}

function unfilled(template: string, problem: string, object: Plain): Error {
  return failure(
    [
      `error executing jsonpath ${goQuoted(template)}: Error executing template: ${problem}. Printing more information for debugging the template:`,
      "\ttemplate was:",
      `\t\t${template}`,
      "\tobject given to jsonpath engine was:",
      `\t\t${goSyntax(object)}`,
      "\n\n",
    ].join("\n"),
  );
}
