import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { ParseError } from "../runtime/errors.ts";
import { matchesLabels, matchesSelector, type Requirement } from "./label-selector.ts";
import { parseSelector, printSelector } from "./selector-text.ts";

/** Text and its print, as apimachinery 0.37.2 gave them. */
const accepted: readonly (readonly [string, string])[] = [
  ["", ""],
  ["a", "a"],
  ["!a", "!a"],
  ["a=b", "a=b"],
  ["a==b", "a==b"],
  ["a!=b", "a!=b"],
  ["a in (x,y)", "a in (x,y)"],
  ["f notin (z)", "f notin (z)"],
  ["a in ()", "a in ()"],
  ["a in (,)", "a in ()"],
  ["a in (x,,y)", "a in (,x,y)"],
  ["a=", "a="],
  ["a=,b", "a=,b"],
  ["x>5", "x>5"],
  ["x<7", "x<7"],
  ["a.b/c=x", "a.b/c=x"],
  ["in in (in,notin)", "in in (in,notin)"],
  ["notin", "notin"],
  ["a notin (b,a)", "a notin (a,b)"],
  ["b,a,c=1", "a,b,c=1"],
  [" a\t=\nb ", "a=b"],
  ["x>05", "x>05"],
  ["a,a", "a,a"],
];

/** Text and the refusal, as apimachinery 0.37.2 gave them. */
const refused: readonly (readonly [string, string])[] = [
  [
    "x>y",
    "unable to parse requirement: values[0]: Invalid value: \"y\": for 'Gt', 'Lt' operators, the value must be an integer",
  ],
  ["a in x", "unable to parse requirement: found 'x' expected: '('"],
  ["a in (x", "unable to parse requirement: found '', expected: ',' or ')'"],
  ["a in (x y)", "unable to parse requirement: found 'y', expected: ',' or ')'"],
  ["a in (x=)", "unable to parse requirement: found '=', expected: ',' or ')'"],
  ["a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ["=b", "found '=', expected: !, identifier, or 'end of string'"],
  ["a=b,", "found '', expected: identifier after ','"],
  ["a=b,,c", "found ',', expected: identifier after ','"],
  ["a b=c", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ["!", "unable to parse requirement: found '', expected: identifier"],
  ["!a=b", "found '=', expected: ',' or 'end of string'"],
  ["a=b=c", "found '=', expected: ',' or 'end of string'"],
  [
    "-a",
    "unable to parse requirement: <nil>: Invalid value: \"-a\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
  ],
  [
    "a=-b",
    "unable to parse requirement: values[0][a]: Invalid value: \"-b\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
  ],
  [
    "a/b/c",
    "unable to parse requirement: <nil>: Invalid value: \"a/b/c\": a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
  ],
  [
    "A_b.c/d=x",
    "unable to parse requirement: <nil>: Invalid value: \"A_b.c/d\": prefix part a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  ],
  ["a !in (b)", "unable to parse requirement: found '!', expected: in, notin, =, ==, !=, gt, lt"],
  ["a=>b", "unable to parse requirement: found '>', expected: identifier"],
  ["a===b", "unable to parse requirement: found '=', expected: identifier"],
  ["a in (x))", "found ')', expected: ',' or 'end of string'"],
  ["(a)", "found '(', expected: !, identifier, or 'end of string'"],
  ["a=b c", "found 'c', expected: ',' or 'end of string'"],
  [
    "x>-1",
    "unable to parse requirement: values[0][x]: Invalid value: \"-1\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
  ],
  [
    "verylongnameverylongnameverylongnameverylongnameverylongnameverylongname=b",
    'unable to parse requirement: <nil>: Invalid value: "verylongnameverylongnameverylongnameverylongnameverylongnameverylongname": name part must be no more than 63 bytes',
  ],
  [
    "a=verylongnameverylongnameverylongnameverylongnameverylongnameverylongname",
    'unable to parse requirement: values[0][a]: Invalid value: "verylongnameverylongnameverylongnameverylongnameverylongnameverylongname": must be no more than 63 bytes',
  ],
  [
    "é=b",
    "unable to parse requirement: <nil>: Invalid value: \"é\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
  ],
  ["/a", 'unable to parse requirement: <nil>: Invalid value: "/a": prefix part must be non-empty'],
  [
    "a/",
    "unable to parse requirement: <nil>: Invalid value: \"a/\": name part must be non-empty; name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
  ],
  [
    "a=é",
    "unable to parse requirement: values[0][a]: Invalid value: \"é\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
  ],
];

describe("selector text", () => {
  it.each(accepted)("reads %j", (text, printed) => {
    expect(printSelector(parseSelector(text))).toBe(printed);
  });

  it.each(refused)("refuses %j", (text, message) => {
    expect(() => parseSelector(text)).toThrow(new ParseError(message));
  });
});

const word = fc.stringMatching(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,5}[A-Za-z0-9])?$/);
const values = fc.uniqueArray(word, { minLength: 1, maxLength: 3 }).map((list) => list.sort());
const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  fc.record({ key: word, operator: fc.constantFrom("exists" as const, "!" as const), values: fc.constant([]) }),
  fc.record({ key: word, operator: fc.constantFrom("in" as const, "notin" as const), values }),
  fc.record({
    key: word,
    operator: fc.constantFrom("=" as const, "==" as const, "!=" as const),
    values: fc.tuple(word),
  }),
  fc.record({
    key: word,
    operator: fc.constantFrom("gt" as const, "lt" as const),
    values: fc.tuple(fc.stringMatching(/^[0-9]{1,4}$/)),
  }),
);

test.prop([fc.array(requirement, { maxLength: 4 })])("parse after print gives the selector back", (list) => {
  const selector = list.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  expect(parseSelector(printSelector(selector))).toEqual(selector);
});

describe("matching", () => {
  it("holds NotIn and DoesNotExist where the key is absent", () => {
    expect(matchesLabels({ matchExpressions: [{ key: "a", operator: "NotIn", values: ["x"] }] }, {})).toBe(true);
    expect(matchesLabels({ matchExpressions: [{ key: "a", operator: "DoesNotExist" }] }, undefined)).toBe(true);
    expect(matchesLabels({ matchExpressions: [{ key: "a", operator: "NotIn", values: ["x"] }] }, { a: "x" })).toBe(
      false,
    );
    expect(matchesLabels({ matchExpressions: [{ key: "a", operator: "In", values: ["x"] }] }, {})).toBe(false);
    expect(matchesLabels({ matchExpressions: [{ key: "a", operator: "Exists" }] }, { a: "" })).toBe(true);
  });

  it("wants both matchLabels and matchExpressions", () => {
    const selector = { matchLabels: { a: "1" }, matchExpressions: [{ key: "b", operator: "Exists" as const }] };
    expect(matchesLabels(selector, { a: "1", b: "" })).toBe(true);
    expect(matchesLabels(selector, { a: "1" })).toBe(false);
    expect(matchesLabels(selector, { a: "2", b: "" })).toBe(false);
    expect(matchesLabels({}, undefined)).toBe(true);
  });

  it("never takes what every object inherits for a label", () => {
    expect(matchesLabels({ matchExpressions: [{ key: "constructor", operator: "Exists" }] }, {})).toBe(false);
  });

  it("compares integers of 64 bits", () => {
    expect(matchesSelector(parseSelector("n>9007199254740992"), { n: "9007199254740993" })).toBe(true);
    expect(matchesSelector(parseSelector("n<7"), { n: "x" })).toBe(false);
    expect(matchesSelector(parseSelector("n<7"), {})).toBe(false);
  });
});
