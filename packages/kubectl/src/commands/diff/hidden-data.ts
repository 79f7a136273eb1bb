import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";

type Data = Readonly<Record<string, Plain>>;

/** Two versions of a Secret without what is secret; that a value differs is still seen (pkg/cmd/diff, Masker). */
export function withHiddenData(
  before: PlainObject | undefined,
  after: PlainObject,
): [PlainObject | undefined, PlainObject] {
  const [old, young] = [dataOf(before), dataOf(after)];
  const hidden = (own: Data, other: Data, changed: string): Data =>
    Object.fromEntries(
      Object.entries(own).map(([key, value]) => {
        const differs = Object.hasOwn(other, key) && other[key] !== value;
        return [key, differs ? `*** (${changed})` : "***"];
      }),
    );
  return [
    before?.data === undefined ? before : { ...before, data: hidden(old, young, "before") },
    after.data === undefined ? after : { ...after, data: hidden(young, old, "after") },
  ];
}

function dataOf(object: PlainObject | undefined): Data {
  return (object?.data ?? {}) as Data;
}
