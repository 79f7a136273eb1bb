import { FieldSet, sortedSteps } from "./field-set.ts";

/** FieldsV1: `{"f:spec": {"f:ports": {".": {}, "k:{…}": {}}}}`; an empty object is a path of the set. */
export interface FieldsV1 {
  readonly [step: string]: FieldsV1;
}

export function encodeFields(set: FieldSet): FieldsV1 {
  const result: Record<string, FieldsV1> = {};
  for (const step of sortedSteps(set.children.keys())) {
    const child = set.children.get(step)!;
    if (child.isEmpty) continue;
    const inner = encodeFields(child);
    result[step] = child.isMember && Object.keys(inner).length > 0 ? { ".": {}, ...inner } : inner;
  }
  return result;
}

export function decodeFields(fields: FieldsV1): FieldSet {
  const set = new FieldSet();
  for (const [step, inner] of Object.entries(fields)) {
    if (step === ".") {
      set.isMember = true;
      continue;
    }
    const child = decodeFields(inner);
    if (Object.keys(inner).length === 0) child.isMember = true;
    set.put(step, child);
  }
  return set;
}
