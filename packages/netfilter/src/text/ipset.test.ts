import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseIpset, printIpsetList, printIpsetSave, setReferences } from "./ipset.ts";
import { parseIptablesSave } from "./iptables-parse.ts";

const recordings = fileURLToPath(new URL("../../../../../shared/conformance/cluster", import.meta.url));

describe.skipIf(!existsSync(recordings))("recorded sets (skipped without ../shared/conformance)", () => {
  const files = existsSync(recordings)
    ? readdirSync(recordings, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith("ipset-list.txt"))
    : [];

  test("print back byte for byte, references counted from the recorded rules", () => {
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) {
      const folder = `${recordings}/${file.replace("ipset-list.txt", "")}`;
      const text = readFileSync(`${recordings}/${file}`, "utf8");
      const rulesets = (["IPv4", "IPv6"] as const).map((family) =>
        parseIptablesSave(readFileSync(`${folder}ip${family === "IPv6" ? "6" : ""}tables-save.txt`, "utf8"), {
          family,
        }),
      );
      expect(printIpsetList(parseIpset(text, file), setReferences(rulesets)), file).toBe(text);
    }
  });

  test("ipset save reads back to the same sets", () => {
    for (const file of files) {
      const sets = parseIpset(readFileSync(`${recordings}/${file}`, "utf8"));
      expect(parseIpset(printIpsetSave(sets))).toEqual(sets);
    }
  });
});

test("what is not modelled or malformed is named with its line", () => {
  expect(() => parseIpset("Name: X\nType: list:set\n")).toThrow(
    /ipset type "list:set" is not modelled \(set X, line 2\)/,
  );
  expect(() => parseIpset("Name: X\nType: hash:ip\nnonsense\n", "f")).toThrow(
    expect.objectContaining({ name: "ParseError", position: { source: "f", line: 3, column: 1 } }),
  );
});
