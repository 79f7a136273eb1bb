/** How an answer is to be written. */
export interface Representation {
  readonly format: "json" | "yaml";
  /** `as`, `g` and `v` of the media type: `Table` of `meta.k8s.io` `v1`; undefined for the object as it is. */
  readonly convert: { readonly as: string; readonly group: string; readonly version: string } | undefined;
  readonly pretty: boolean;
}

interface Clause {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly quality: number;
}

/**
 * The representations that an `Accept` header asks for and that there are, best first. Nothing asked is JSON. Protobuf is
 * never one of them: clients that would rather have it name JSON as well.
 *
 * @example readAccept("application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
 */
export function readAccept(header: string | null): readonly Representation[] {
  if (header === null || header.trim() === "") return [{ format: "json", convert: undefined, pretty: false }];
  return readClauses(header).flatMap(representationOf);
}

/** The media types that an `Accept` header names, best first; any unless it names one. */
export function acceptedTypes(header: string | null): readonly string[] {
  return readClauses(header?.trim() || "*/*").map(({ type }) => type);
}

function readClauses(header: string): Clause[] {
  const clauses = header.split(",").map(readClause);
  // Sorting keeps the order of what is wanted equally.
  return clauses.sort((a, b) => b.quality - a.quality);
}

function readClause(text: string): Clause {
  const [type = "", ...rest] = text.split(";").map((part) => part.trim());
  const parameters = new Map(rest.map((part) => splitAt(part)));
  const quality = Number(parameters.get("q") ?? 1);
  return { type: type.toLowerCase(), parameters, quality: Number.isFinite(quality) ? quality : 0 };
}

function splitAt(parameter: string): [string, string] {
  const equals = parameter.indexOf("=");
  return equals < 0 ? [parameter, ""] : [parameter.slice(0, equals), parameter.slice(equals + 1)];
}

const formats: Readonly<Record<string, Representation["format"]>> = {
  "application/json": "json",
  "application/yaml": "yaml",
  "application/*": "json",
  "*/*": "json",
};

function representationOf({ type, parameters }: Clause): Representation[] {
  const format = Object.hasOwn(formats, type) ? formats[type] : undefined;
  const stream = parameters.get("stream") ?? "";
  if (format === undefined || (stream !== "" && stream !== "watch")) return [];
  const as = parameters.get("as");
  const convert =
    as === undefined ? undefined : { as, group: parameters.get("g") ?? "", version: parameters.get("v") ?? "" };
  return [{ format, convert, pretty: parameters.get("pretty") === "1" }];
}
