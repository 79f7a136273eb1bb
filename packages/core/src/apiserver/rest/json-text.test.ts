import { fc, test } from "@fast-check/vitest";
import { expect, it } from "vitest";
import { doubledFields, oddNumbers, wellFormed } from "./json-text.ts";
import { mediaTypeOf } from "./request-body.ts";

it.each([
  ['"\\ud800"', "�"],
  ['"\\ud800\\udc00"', "𐀀"],
  ['"\\ud800\\ud800\\udc00"', "�𐀀"],
  ['"x\\uDFFFy"', "x�y"],
  ['"\\\\ud800"', "\\ud800"],
  ['"\\u0041"', "A"],
])("reads %s as Go does", (text, value) => {
  expect(JSON.parse(wellFormed(text))).toBe(value);
});

const escapes = fc.array(fc.constantFrom("\\ud83d", "\\ude00", "\\uD800", "\\\\", "ud800", "a", '\\"'));

test.prop([escapes])("no half of a surrogate pair is left", (parts) => {
  const value = JSON.parse(wellFormed(`"${parts.join("")}"`)) as string;
  expect(value).toBe((JSON.parse(`"${parts.join("")}"`) as string).replace(/\p{Surrogate}/gu, "�"));
});

it("finds the numbers that are written as no integers, where they stand", () => {
  const text = '{"a":80,"b":[1,8e1,{"c":80.0}],"d":"1.5","e":-0.5,"f":12345678901234567890}';
  expect([...oddNumbers(text)]).toEqual([
    ["b[1]", "8e1"],
    ["b[2].c", "80.0"],
    ["e", "-0.5"],
    ["f", "12345678901234567890"],
  ]);
  expect(oddNumbers('{"a":[80,-1]}').size).toBe(0);
});

it("finds fields that stand twice", () => {
  expect(doubledFields('{"a":{"b":1,"b":2},"c":[{"d":1,"d":1}],"a":1}')).toEqual([
    'duplicate field "a.b"',
    'duplicate field "c[0].d"',
    'duplicate field "a"',
  ]);
});

it.each([
  ["application/json", "application/json"],
  ["Application/JSON; charset=utf-8", "application/json"],
  ['application/json; a="b;c"', "application/json"],
  ["application/json;", "application/json"],
  ["application/json;;", undefined],
  ["application/json; charset", undefined],
  ["application/json; a=b; a=c", undefined],
  [";;;", undefined],
])("the media type of %s is %s", (contentType, type) => {
  expect(mediaTypeOf(contentType)).toBe(type);
});
