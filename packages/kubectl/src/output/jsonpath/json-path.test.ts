import { describe, expect, it } from "vitest";
import { JsonPath } from "./json-path.ts";

const data = {
  items: [
    { name: "web", ports: [80, 443], labels: { "app.io/name": "web" } },
    { name: "db", ports: [5432] },
  ],
};

function find(template: string): string {
  return JSON.stringify(new JsonPath(template).find(data).flat());
}

describe("JsonPath", () => {
  it("walks fields, lists, unions, filters and everything below", () => {
    expect(find("{.items[*].name}")).toBe('["web","db"]');
    expect(find("{.items[-1].ports[0]}")).toBe("[5432]");
    expect(find("{.items[0]['name','ports']}")).toBe('["web",[80,443]]');
    expect(find("{.items[0].labels.app\\.io/name}")).toBe('["web"]');
    expect(find('{.items[?(@.name=="db")].ports[*]}')).toBe("[5432]");
    expect(find("{..name}")).toBe('["web","db"]');
    expect(find("{.items[0].ports[0:2:2]}")).toBe("[80]");
  });

  it("repeats what stands in a range, ranges within ranges", () => {
    expect(find("{range .items[*]}{.name}{range .ports[*]} {@}{end};{end}!")).toBe(
      '["web"," ",80," ",443,";","db"," ",5432,";","!"]',
    );
  });

  it("says in Go's words what it cannot do", () => {
    const wrong: readonly (readonly [string, string])[] = [
      ["{.items[5]}", "array index out of bounds: index 5, length 2"],
      ["{.items[0].name[0]}", "string is not array or slice"],
      ["{.items[?(@.name==1)]}", "incompatible types for comparison"],
      ["{end}", "not in range, nothing to end"],
      ["{nothing}", "unrecognized identifier nothing"],
      ["{.items", "unclosed action"],
      ["{.items[}", "unterminated array"],
      ["{!}", "unrecognized character in action: U+0021 '!'"],
    ];
    for (const [template, message] of wrong) expect(() => find(template), template).toThrow(message);
  });
});
