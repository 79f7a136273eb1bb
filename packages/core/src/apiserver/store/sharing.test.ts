import { fc, test } from "@fast-check/vitest";
import { expect, it } from "vitest";
import { sharingWith } from "./sharing.ts";

const json = fc.jsonValue({ maxDepth: 4 });

test.prop([json, json])(
  "says the same as the new value, in the same order, and leaves the old one as it is",
  (old, value) => {
    const [oldText, text] = [JSON.stringify(old), JSON.stringify(value)];
    expect(JSON.stringify(sharingWith(old, value))).toBe(text);
    expect(JSON.stringify(old)).toBe(oldText);
  },
);

test.prop([json])("is the old value where nothing differs", (value) => {
  expect(sharingWith(value, structuredClone(value))).toBe(value);
});

it("shares what both say, below what differs", () => {
  const old = { a: { b: [1, { c: 2 }], d: 1 }, e: { f: "g" } };
  const value = structuredClone(old);
  value.a.d = 2;
  const shared = sharingWith(old, value);
  expect(shared).not.toBe(old);
  expect(shared.e).toBe(old.e);
  expect(shared.a.b).toBe(old.a.b);
});

it("tells keys in another order apart, since they are listed in their order", () => {
  const old = { a: { x: 1, y: 2 } };
  expect(JSON.stringify(sharingWith(old, { a: { y: 2, x: 1 } }))).toBe('{"a":{"y":2,"x":1}}');
});

it("does not write to what is frozen", () => {
  const old = { a: { b: 1 }, c: 1 };
  const frozen = Object.freeze({ a: { b: 1 }, c: 2 });
  const { a } = frozen;
  expect(sharingWith(old, frozen).a).toBe(a);
});
