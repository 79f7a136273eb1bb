import type { Plain } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { type GroupVersionKind, type OpenApiDocument, resolved, type Schema, typeText, valuesOf } from "./schema.ts";
import { indented, wordWrap } from "./word-wrap.ts";

export interface ExplainOptions {
  readonly recursive: boolean;
  /** 0 for no limit. */
  readonly maxDepth: number;
}

/**
 * What there is to say of a kind, or of a field in it (kubectl pkg/explain/v2/templates/plaintext.tmpl); undefined for a field
 * that there is not.
 */
export function explainText(
  kind: GroupVersionKind,
  fields: readonly string[],
  document: OpenApiDocument,
  options: ExplainOptions,
): string | undefined {
  const schema = Object.values(document.components.schemas).find((one) =>
    one["x-kubernetes-group-version-kind"]?.some((own) => isSameKind(own, kind)),
  );
  if (schema === undefined) return undefined;
  return new Explainer(document, options).output(schema, fields, new Set()) || undefined;
}

function isSameKind(a: GroupVersionKind, b: GroupVersionKind): boolean {
  return a.group === b.group && a.version === b.version && a.kind === b.kind;
}

class Explainer {
  readonly #document: OpenApiDocument;
  readonly #options: ExplainOptions;

  constructor(document: OpenApiDocument, options: ExplainOptions) {
    this.#document = document;
    this.#options = options;
  }

  /** Follows fields; `seen` are the references on the way, so that a circle ends. */
  output(given: Schema, fields: readonly string[], seen: ReadonlySet<string>): string {
    const schema = resolved(given, this.#document) ?? given;
    const [first, ...rest] = fields;
    if (first === undefined) return this.#describe(schema);
    const { $ref } = given;
    if ($ref !== undefined && seen.has($ref)) return "";
    const path = $ref === undefined ? seen : new Set([...seen, $ref]);
    const field = schema.properties?.[first];
    if (field !== undefined) {
      return (rest.length === 0 ? this.#fieldHead(first, field) : "") + this.output(field, rest, new Set());
    }
    const inner = schema.items ?? valuesOf(schema);
    if (inner !== undefined) return this.output(inner, fields, path);
    for (const alternative of schema.allOf ?? []) {
      const text = this.output(alternative, fields, path);
      if (text !== "") return text;
    }
    return "";
  }

  #fieldHead(name: string, field: Schema): string {
    const values =
      field.enum === undefined ? "" : `ENUM:${field.enum.map((one) => `\n    ${valueText(one)}`).join("")}`;
    return `FIELD: ${name} <${typeText(field, this.#document)}>\n${values}\n\n`;
  }

  #describe(schema: Schema): string {
    const description = wordWrap(this.#description(schema) || "<empty>", 76);
    const fields = this.#fields(schema, 1, new Set());
    return `DESCRIPTION:\n${indented(4, description)}\n${fields === "" ? "" : `FIELDS:\n${fields}`}`;
  }

  /** Its own words and those of what it refers to. */
  #description(given: Schema): string {
    const schema = resolved(given, this.#document) ?? given;
    const parts = [...(schema.allOf ?? []), schema.items, valuesOf(schema)].filter((one) => one !== undefined);
    return (schema.description ? `${schema.description}\n` : "") + parts.map((one) => this.#description(one)).join("");
  }

  #fields(given: Schema, level: number, seen: ReadonlySet<string>): string {
    const { $ref = "" } = given;
    if ($ref !== "" && seen.has($ref)) return "";
    const path = new Set([...seen, $ref]);
    const schema = resolved(given, this.#document) ?? given;
    const { recursive, maxDepth } = this.#options;
    let text = "";
    for (const name of Object.keys(schema.properties ?? {}).sort()) {
      const field = schema.properties![name]!;
      text += this.#fieldLine(name, field, schema.required?.includes(name) ?? false, level);
      if (recursive && (maxDepth === 0 || level < maxDepth)) text += this.#fields(field, level + 1, path);
    }
    const parts = [...(schema.allOf ?? []), schema.items, valuesOf(schema)].filter((one) => one !== undefined);
    return text + parts.map((one) => this.#fields(one, level, path)).join("");
  }

  #fieldLine(name: string, field: Schema, isRequired: boolean, level: number): string {
    const indent = level * 2;
    const head = `${indented(indent, name)}\t<${typeText(field, this.#document)}>${isRequired ? " -required-" : ""}`;
    const line = head + enumLine(field.enum, indent);
    if (this.#options.recursive) return `${line}\n`;
    return `${line}\n${indented(indent + 2, wordWrap(field.description || "<no description>", 78 - indent))}\n\n`;
  }
}

/** The first four of the values that a field may have. */
function enumLine(values: readonly Plain[] | undefined, indent: number): string {
  if (values === undefined || values.length === 0) return "";
  const shown = values.slice(0, 4).map(valueText).join(", ");
  return `\n${" ".repeat(indent)}enum: ${shown}${values.length > 4 ? ", ...." : ""}`;
}

function valueText(value: Plain): string {
  return value === "" ? '""' : String(value);
}
