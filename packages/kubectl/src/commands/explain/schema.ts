import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";

/** A schema of OpenAPI v3, as far as explanations read it. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly Plain[];
  readonly "x-kubernetes-group-version-kind"?: readonly GroupVersionKind[];
}

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** A document of OpenAPI v3. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, PlainObject>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** What a reference stands for; undefined for none, and for one that leads nowhere. */
export function resolved(schema: Schema, document: OpenApiDocument): Schema | undefined {
  return schema.$ref === undefined
    ? undefined
    : document.components.schemas[schema.$ref.replace("#/components/schemas/", "")];
}

/** The schema of what a map holds. */
export function valuesOf({ additionalProperties }: Schema): Schema | undefined {
  return typeof additionalProperties === "object" ? additionalProperties : undefined;
}

/** `string`, `[]ServicePort`, `map[string]string`. */
export function typeText(schema: Schema, document: OpenApiDocument): string {
  if (schema.items !== undefined) return `[]${typeText(schema.items, document)}`;
  const values = valuesOf(schema);
  if (values !== undefined) return `map[string]${typeText(values, document)}`;
  if (schema.allOf?.length === 1 && schema.properties === undefined) return typeText(schema.allOf[0]!, document);
  if (schema.$ref === undefined) return schema.type === undefined || schema.type === "object" ? "Object" : schema.type;
  const target = resolved(schema, document);
  if (target?.type !== undefined && target.type !== "object") return target.type;
  return (
    schema.$ref
      .slice(schema.$ref.lastIndexOf("/") + 1)
      .split(".")
      .at(-1) || "Object"
  );
}
