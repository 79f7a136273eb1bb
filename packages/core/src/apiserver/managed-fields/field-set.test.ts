import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { FieldSet, sortedSteps } from "./field-set.ts";
import { decodeFields, encodeFields } from "./fields-v1.ts";

const paths = fc.array(
  fc.array(fc.constantFrom("f:a", "f:b", 'k:{"port":80}', 'v:"x"'), { minLength: 1, maxLength: 3 }),
);
const texts = (set: FieldSet): string[] => set.paths().map(String).sort();
const distinct = (given: readonly string[][]): string[] => [...new Set(given.map(String))].sort();

describe("field sets are sets of paths", () => {
  test.prop([paths, paths])("union, difference, intersection", (left, right) => {
    const [a, b] = [FieldSet.of(left), FieldSet.of(right)];
    const [inA, inB] = [distinct(left), distinct(right)];
    expect(texts(a.union(b))).toEqual([...new Set([...inA, ...inB])].sort());
    expect(texts(a.difference(b))).toEqual(inA.filter((path) => !inB.includes(path)));
    expect(texts(a.intersection(b))).toEqual(inA.filter((path) => inB.includes(path)));
    const isBelow = (path: string): boolean => inB.some((other) => path === other || path.startsWith(`${other},`));
    expect(texts(a.without(b))).toEqual(inA.filter((path) => !isBelow(path)));
    expect([texts(a), texts(b)]).toEqual([inA, inB]);
  });

  test.prop([paths, paths])("are empty when they hold no path", (left, right) => {
    const rest = FieldSet.of(left).difference(FieldSet.of(right));
    expect(rest.isEmpty).toBe(texts(rest).length === 0);
  });

  test.prop([paths])("come back from FieldsV1", (given) => {
    const set = FieldSet.of(given);
    expect(texts(decodeFields(encodeFields(set)))).toEqual(distinct(given));
  });
});

it("sorts fields by name, items by their keys, numbers by their size", () => {
  const steps = ['v:"b"', 'k:{"port":9}', "f:b", 'v:"a"', 'k:{"port":80,"protocol":"TCP"}', "f:a", 'k:{"port":80}'];
  expect(sortedSteps(steps)).toEqual([
    "f:a",
    "f:b",
    'k:{"port":9}',
    'k:{"port":80}',
    'k:{"port":80,"protocol":"TCP"}',
    'v:"a"',
    'v:"b"',
  ]);
});
