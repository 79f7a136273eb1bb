import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { failure } from "../command-error.ts";
import { ColumnAligner } from "./align-columns.ts";
import { goText } from "./go-text.ts";
import { JsonPath } from "./jsonpath/json-path.ts";
import { PathError } from "./jsonpath/parse-path.ts";
import { plainOf } from "./jsonpath/path-value.ts";
import { relaxedPath } from "./relaxed-path.ts";
import { escapeTerminal } from "./terminal.ts";

export interface CustomColumn {
  readonly header: string;
  /** `{.metadata.name}` */
  readonly path: string;
}

/** `NAME:.metadata.name,IP:.spec.clusterIP` (kubectl pkg/cmd/get/customcolumn.go). @throws CommandError */
export function readColumns(spec: string): CustomColumn[] {
  return spec.split(",").map((part) => {
    const colon = part.indexOf(":");
    if (colon < 0) throw failure(`unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>`);
    return { header: part.slice(0, colon), path: relaxedPath(part.slice(colon + 1)) };
  });
}

/** A line of headers and one of paths, parted by blanks. @throws CommandError */
export function readColumnFile(text: string): CustomColumn[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  const missing = (what: string): Error =>
    failure(
      `invalid template, missing ${what} line. Expected format is one line of space separated headers, one line of space separated column specs.`,
    );
  if (lines.length === 0) throw missing("header");
  if (lines.length === 1) throw missing("spec");
  const [headers, paths] = lines.slice(0, 2).map((line) => line.split(/\s+/).filter((word) => word !== "")) as [
    string[],
    string[],
  ];
  if (headers.length !== paths.length) {
    throw failure(`number of headers (${headers.length}) and field specifications (${paths.length}) don't match`);
  }
  return headers.map((header, i) => ({ header, path: relaxedPath(paths[i]!) }));
}

/** Prints objects as rows, as many calls as there are; the headers stand once. */
export function columnPrinter(
  columns: readonly CustomColumn[],
  noHeaders: boolean,
): (objects: readonly PlainObject[]) => string {
  const aligner = new ColumnAligner();
  let isFirst = true;
  return (objects) => {
    const paths = columns.map(({ path }) => pathOf(path));
    const rows = objects.map((object) => paths.map((path) => cellText(path, object)));
    const withHeaders = isFirst && !noHeaders;
    isFirst = false;
    return aligner.align(withHeaders ? [columns.map(({ header }) => header), ...rows] : rows);
  };
}

function pathOf(text: string): JsonPath {
  try {
    return new JsonPath(text);
  } catch (reason) {
    throw reason instanceof PathError ? failure(reason.message) : reason;
  }
}

function cellText(path: JsonPath, object: PlainObject): string {
  try {
    const found = path.find(object);
    const none: Plain[] = found.length === 0 || found[0]!.length === 0 ? ["<none>"] : [];
    return [...none, ...found.flat().map(plainOf)].map((value) => escapeTerminal(goText(value))).join(",");
  } catch (reason) {
    throw reason instanceof PathError ? failure(reason.message) : reason;
  }
}
