import { fc, test } from "@fast-check/vitest";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { printYaml } from "./yaml.ts";

describe("printYaml", () => {
  it("writes as kubectl does: sorted keys, lists at the column of their key", () => {
    const service = { kind: "Service", spec: { ports: [{ port: 80, name: "80" }], selector: {} }, apiVersion: "v1" };
    expect(printYaml(service)).toBe(
      'apiVersion: v1\nkind: Service\nspec:\n  ports:\n  - name: "80"\n    port: 80\n  selector: {}\n',
    );
  });

  it("quotes what would be read as something else, and what would begin something else", () => {
    const texts = [
      "yes",
      "1.5",
      "0x1f",
      "2026-01-01",
      "12:30",
      "",
      "*.example.org",
      "a: b",
      "tab\there",
      "it's",
      "- x",
    ];
    expect(printYaml(texts)).toBe(
      [
        '- "yes"',
        '- "1.5"',
        '- "0x1f"',
        '- "2026-01-01"',
        '- "12:30"',
        '- ""',
        "- '*.example.org'",
        "- 'a: b'",
        '- "tab\\there"',
        "- it's",
        "- '- x'",
        "",
      ].join("\n"),
    );
  });

  it("keeps lines as lines", () => {
    expect(printYaml({ a: { text: "one\n two\n", open: "x\ny" } })).toBe(
      "a:\n  open: |-\n    x\n    y\n  text: |\n    one\n     two\n",
    );
  });

  const value = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("y", "012", "1e3", "~", "a\n\nb\n", " x", "x ", "#", "k: v", "0b1", "1_000"),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie("value"), { maxKeys: 4 }),
    ),
  })).value;

  test.prop([value])("comes back as it was", (given) => {
    expect(load(printYaml(given as never))).toEqual(given);
  });
});
