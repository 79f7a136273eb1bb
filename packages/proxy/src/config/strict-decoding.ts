import type {
  FieldPath,
  ManifestDocument,
  Plain,
  ReadWarning,
} from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { configSchema, type FieldType, type StructType, vmoduleItem } from "./config-schema.ts";
import { type DecodeProblem, decodeProblem, isObject, kindOf, mismatch } from "./decode-value.ts";

/**
 * What kube-proxy's strict decoder finds in a `KubeProxyConfiguration`: unknown fields. kube-proxy of v1alpha1 logs them
 * and goes on without (cmd/kube-proxy/app/options.go, loadConfig), so they are warnings.
 *
 * @throws ParseError in the decoder's words for a known field of another type, a duration that is none among them: kube-proxy
 *   ends at those.
 */
export function decodeStrictly(document: ManifestDocument): ReadWarning[] {
  const unknown: ReadWarning[] = [];
  const walk = (struct: StructType, value: Plain, path: FieldPath): void => {
    for (const [name, inner] of Object.entries(value ?? {})) {
      const at = [...path, name];
      const type = Object.hasOwn(struct.fields, name) ? struct.fields[name]! : undefined;
      if (type === undefined) unknown.push(unknownField(document, at, Object.keys(struct.fields)));
      else field(type, inner as Plain, at, nameInGo(struct, at));
    }
  };
  const field = (type: FieldType | StructType, value: Plain, path: FieldPath, name: string): void => {
    if (typeof type === "object") {
      if (value !== null && !isObject(value)) refuse(document, path, mismatch(kindOf(value), type.go, name));
      walk(type, value, path);
      return;
    }
    refuse(document, path, decodeProblem(value, type, name), type);
    if (type !== "v1.VModuleConfiguration") return;
    for (const [i, item] of ((value ?? []) as readonly Plain[]).entries()) field(vmoduleItem, item, [...path, i], name);
  };
  walk(configSchema, document.object, []);
  return unknown;
}

/** `KubeProxyIPVSConfiguration.ipvs.scheduler`. */
function nameInGo({ go }: StructType, path: FieldPath): string {
  return [go.slice(go.indexOf(".") + 1), ...path.filter((step) => typeof step === "string")].join(".");
}

function refuse(document: ManifestDocument, path: FieldPath, problem: DecodeProblem, type?: FieldType): void {
  if (problem === undefined) return;
  const position = document.positionOf(path);
  const expected = type && examples[type];
  throw new ParseError(problem, expected === undefined ? { position } : { position, hint: `expected ${expected}` });
}

const examples: Partial<Readonly<Record<FieldType, string>>> = {
  bool: "true or false",
  int32: "an integer of 32 bits",
  "[]string": "a list of strings",
  "map[string]bool": "a map such as {AllAlpha: true}",
  "v1.Duration": "a duration such as 30s or 1h30m",
  "*v1.Duration": "a duration such as 30s or 1h30m",
  "v1.TimeOrMetaDuration": "a duration such as 5s, or nanoseconds",
  "v1.VerbosityLevel": "an integer from 0 on",
};

function unknownField(document: ManifestDocument, path: FieldPath, known: readonly string[]): ReadWarning {
  const name = String(path.at(-1));
  const near = nearestWord(name, known);
  const meant = near === undefined ? inSection(name) : pathText([...path.slice(0, -1), near]);
  const hint = meant === undefined ? "" : `; did you mean ${meant}?`;
  return {
    message: `KubeProxyConfiguration: unknown field "${pathText(path)}": kube-proxy goes on without it${hint}`,
    position: document.positionOf(path),
  };
}

/** `logging.vmodule[0].verbosity`. */
function pathText(path: FieldPath): string {
  return path.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");
}

/** A field that was probably meant and stands in one of the sections. */
function inSection(name: string): string | undefined {
  for (const [section, type] of Object.entries(configSchema.fields)) {
    const near = typeof type === "string" ? undefined : nearestWord(name, Object.keys(type.fields));
    if (near !== undefined) return `${section}.${near}`;
  }
  return undefined;
}
