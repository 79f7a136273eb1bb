import { ParseError } from "@kubenetsim/core/runtime/errors";
import { describe, expect, test } from "vitest";
import { parseIptablesSave } from "./iptables-parse.ts";

const names = ["A", "B", "C", "KUBE-SERVICES"];
const head = `*nat\n:PREROUTING ACCEPT [0:0]\n${names.map((name) => `:${name} - [0:0]\n`).join("")}`;
const firstRule = 7;

/** The position of the refused word, as line of the rules and column; undefined when the text is taken. */
function refusal(...rules: string[]): { line: number; column: number; message: string; hint: string | undefined } {
  try {
    parseIptablesSave(`${head}${rules.map((rule) => `-A ${rule}\n`).join("")}COMMIT\n`);
  } catch (problem) {
    expect(problem).toBeInstanceOf(ParseError);
    const { position, message, hint } = problem as ParseError;
    return { line: position!.line - firstRule, column: position!.column, message, hint };
  }
  throw new Error("the text is taken");
}

// iptables-restore 1.8.9 (nf_tables) takes and refuses the same ("Too many links"), though it names the table's last rule.
describe("a loop of jumps", () => {
  test.each([
    ["is closed by its last jump", ["PREROUTING -j A", "A -j B", "B -j A", "C -j A"], 2, "chain B jumps to A"],
    ["is closed by the jump into it", ["A -g B", "B -g A", "PREROUTING -j A"], 2, "chain PREROUTING jumps to A"],
    ["may be one chain", ["PREROUTING -j C", "C -j C"], 1, "chain C jumps to C"],
    ["may have a way out", ["PREROUTING -j A", "A -p tcp -j RETURN", "A -j B", "B -g A"], 3, "chain B jumps to A"],
  ])("%s", (_, rules, line, message) => {
    const found = refusal(...rules);
    expect(found.line).toBe(line);
    expect(found.message).toBe(`${message}: packets would go round in a loop`);
  });

  test("is let be where nothing leads to it, and chains may meet again", () => {
    const rules = ["A -j B", "B -j A", "PREROUTING -j C", "PREROUTING -j KUBE-SERVICES", "C -j KUBE-SERVICES"];
    const text = `${head}${rules.map((rule) => `-A ${rule}\n`).join("")}COMMIT\n`;
    expect(parseIptablesSave(text).tables.get("nat")!.chains.size).toBe(5);
  });

  test("is found however deep", () => {
    const chains = Array.from({ length: 20_000 }, (_, i) => `C${i}`);
    const rules = chains.map((name, i) => `-A ${name} -j ${chains[(i + 1) % chains.length]}\n`).join("");
    const declared = chains.map((name) => `:${name} - [0:0]\n`).join("");
    const text = `*nat\n:PREROUTING ACCEPT [0:0]\n${declared}-A PREROUTING -j C7\n${rules}COMMIT\n`;
    expect(() => parseIptablesSave(text)).toThrow("chain C19999 jumps to C0: packets would go round in a loop");
  });
});

test("a mistyped chain is told with the one that was probably meant", () => {
  expect(refusal("PREROUTING -m comment --comment x -j KUBE-SERVICE")).toEqual({
    line: 0,
    column: 41,
    message: "chain KUBE-SERVICE does not exist",
    hint: "did you mean KUBE-SERVICES?",
  });
});
