import type { FieldPath, ManifestDocument, ReadWarning } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { type ConfigSchema, configSchema, type FieldType } from "./config-schema.ts";
import { FieldReader } from "./field-reader.ts";

/**
 * What kube-proxy's strict decoder finds in a `KubeProxyConfiguration`: unknown fields. kube-proxy of v1alpha1 logs them
 * and goes on without (cmd/kube-proxy/app/options.go, loadConfig), so they are warnings.
 *
 * @throws ParseError for a known field of another type, a duration that is none among them: kube-proxy ends at those.
 */
export function decodeStrictly(document: ManifestDocument): ReadWarning[] {
  const fields = new FieldReader(document);
  const unknown: ReadWarning[] = [];
  const walk = (schema: ConfigSchema, path: FieldPath): void => {
    for (const name of Object.keys(fields.fields(...path))) {
      const inner = [...path, name];
      const type = Object.hasOwn(schema, name) ? schema[name]! : undefined;
      if (type === undefined) unknown.push(unknownField(document, inner, Object.keys(schema)));
      else if (typeof type === "string") readers[type](fields, inner);
      else walk(type, inner);
    }
  };
  walk(configSchema, []);
  return unknown;
}

function unknownField(document: ManifestDocument, path: FieldPath, known: readonly string[]): ReadWarning {
  const name = String(path.at(-1));
  const near = nearestWord(name, known);
  const meant = near === undefined ? inSection(name) : [...path.slice(0, -1), near].join(".");
  const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
  return {
    message: `KubeProxyConfiguration: unknown field "${path.join(".")}": kube-proxy goes on without it${hint}`,
    position: document.positionOf(path),
  };
}

/** A field that was probably meant and stands in one of the sections. */
function inSection(name: string): string | undefined {
  for (const [section, schema] of Object.entries(configSchema)) {
    const near = typeof schema === "string" ? undefined : nearestWord(name, Object.keys(schema));
    if (near !== undefined) return `${section}.${near}`;
  }
  return undefined;
}

const readers: Readonly<Record<FieldType, (fields: FieldReader, path: FieldPath) => unknown>> = {
  text: (fields, path) => fields.text(...path),
  boolean: (fields, path) => fields.boolean(...path),
  integer: (fields, path) => fields.integer(...path),
  duration: (fields, path) => fields.seconds(...path),
  texts: (fields, path) => fields.texts(...path),
  booleans: (fields, path) => fields.booleans(...path),
  any: () => undefined,
};
