import type { ApiObject, Kind } from "../model/api-object.ts";
import type { Draft } from "./draft.ts";
import { kindRules } from "./kind-rules.ts";
import type { KindRules, SpecTemplate } from "./kinds/rules.ts";
import type { Plain, PlainObject } from "./manifest/manifest-document.ts";

interface Known {
  readonly written: PlainObject;
  readonly stored: PlainObject;
}

/** Of each kind. Texts list objects of one template behind one another, or of a few by turns. */
const mostKnown = 8;

/**
 * Specifications that were accepted, as they were written and as they are stored: an object of the same template is decoded,
 * defaulted and judged already, and shares what is stored.
 */
export class KnownSpecs {
  readonly #known = new Map<Kind, Known[]>();

  /** What the specification of a new object will be; undefined where none is known that says the same. */
  find(kind: Kind, { spec }: PlainObject): Draft<object> | undefined {
    const template = templateOf(kind);
    const all = this.#known.get(kind);
    if (template === undefined || all === undefined || !isMapping(spec)) return undefined;
    const own = spec[template.own];
    if (typeof own !== "string" || own === "") return undefined;
    const found = all.find(({ written }) => isWrittenAlike(written, spec, template.own));
    return found && { ...found.stored, [template.own]: own };
  }

  /** Takes what was written and has become an object that is stored, without a warning. */
  remember(kind: Kind, { spec }: PlainObject, object: ApiObject): void {
    const template = templateOf(kind);
    const stored = (object as unknown as { readonly spec?: PlainObject }).spec;
    if (template === undefined || !isMapping(spec) || stored === undefined || !template.standsForOthers(object)) return;
    const own = spec[template.own];
    if (typeof own !== "string" || own === "") return;
    const all = this.#known.get(kind) ?? [];
    this.#known.set(kind, [{ written: spec, stored }, ...all.slice(0, mostKnown - 1)]);
  }
}

function templateOf(kind: Kind): SpecTemplate<ApiObject> | undefined {
  return (kindRules[kind] as unknown as KindRules<ApiObject>).template;
}

/** Whether both say the same in the same order, but for the value of one of their fields. */
function isWrittenAlike(a: PlainObject, b: PlainObject, own?: string): boolean {
  const keys = Object.keys(a);
  let i = 0;
  for (const key in b) {
    if (keys[i++] !== key) return false;
    if (key !== own && !isSame(a[key]!, b[key]!)) return false;
  }
  return i === keys.length;
}

function isSame(a: Plain, b: Plain): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => isSame(item as Plain, b[i] as Plain));
  return isMapping(a) && isMapping(b) && isWrittenAlike(a, b);
}

function isMapping(value: Plain | undefined): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
