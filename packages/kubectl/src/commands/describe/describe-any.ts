import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { ObjectMeta } from "@kubenetsim/core/model/object-meta";
import type { DescribeWriter } from "./describe-writer.ts";
import type { Describer } from "./describer.ts";

/** Written before the rest, or not at all. */
const skipped: ReadonlySet<string> = new Set(
  ["managedFields", "name", "namespace", "labels", "annotations"].map((field) => `.metadata.${field}`),
);

/** An object of a kind that kubectl has no words for: all that stands in it (kubectl pkg/describe, genericDescriber). */
export const describeAny: Describer<PlainObject> = (object, writer) => {
  const { name, namespace = "", labels, annotations } = object.metadata as unknown as ObjectMeta;
  writer.line(`Name:\t${name}`);
  writer.line(`Namespace:\t${namespace}`);
  writer.labels("Labels", labels);
  writer.annotations("Annotations", annotations);
  writeFields(object, writer, 0, "");
};

function writeFields(object: PlainObject, writer: DescribeWriter, level: number, path: string): void {
  for (const field of Object.keys(object).sort()) {
    const value = object[field]!;
    const here = `${path}.${field}`;
    if (skipped.has(here)) continue;
    const label = labelOf(field);
    if (Array.isArray(value)) {
      writer.line(`${label}:`, level);
      for (const item of value as readonly Plain[]) {
        if (isObject(item)) writeFields(item, writer, level + 1, here);
        else writer.line(goValue(item), level + 1);
      }
    } else if (isObject(value)) {
      writer.line(`${label}:`, level);
      writeFields(value, writer, level + 1, here);
    } else writer.line(`${label}:\t${goValue(value)}`, level);
  }
}

function isObject(value: Plain): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** As Go's `%v` writes it. */
function goValue(value: Plain): string {
  return value === null ? "<nil>" : String(value);
}

const acronyms = ["API", "URL", "UID", "GUID"];

/** `First Timestamp` of `firstTimestamp` (smartLabelFor). A field with other characters than letters and `-` stays. */
function labelOf(field: string): string {
  if (/[^\p{L}-]/u.test(field)) return field;
  const words: string[] = [];
  for (const part of field.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^A-Za-z]+/g) ?? []) {
    const isJoined = /^[A-Z]{2,}$/.test(words.at(-1) ?? "") && /^[A-Z]/.test(part);
    if (isJoined) words.push(words.pop() + part);
    else words.push(part);
  }
  return words
    .map((word) => {
      const upper = word.toUpperCase();
      return acronyms.includes(upper) ? upper : word[0]!.toUpperCase() + word.slice(1);
    })
    .join(" ");
}
