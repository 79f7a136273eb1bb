import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { printIpsetList, printIpsetSave, setReferences } from "./ipset.ts";
import { parseIpset } from "./ipset-parse.ts";
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

/** A text, the line and column where we say that it is refused, and why. */
const refused: readonly (readonly [text: string, line: number, column: number, message: string])[] = [
  ["create a hash:ip,port\nadd a zz,tcp:80", 2, 7, "cannot parse zz: resolving to IPv4 address failed"],
  ["create a hash:ip,port\nadd a 1.1.1.1,tcp:99999", 2, 7, "'99999' is out of range 0-65535"],
  ["create a hash:ip,port\nadd a 1.1.1.1,foo:80", 2, 7, "cannot parse 'foo' as a protocol"],
  ["create a hash:ip,port\nadd a 1.1.1.1", 2, 7, "Second element is missing from 1.1.1.1."],
  [`create ${"a".repeat(32)} hash:ip`, 1, 8, `setname '${"a".repeat(32)}' is longer than 31 characters`],
  ["create a hash:ip maxelem 1\nadd a 1.1.1.1\nadd a 1.1.1.2", 3, 7, "Hash is full, cannot add more elements"],
  ["create a hash:ip\nadd a 1.1.1.1\nadd a 1.1.1.1", 3, 7, "Element cannot be added to the set: it's already added"],
  ["create a hash:ip family inet\nadd a fd00::1", 2, 7, "cannot parse fd00::1: resolving to IPv4 address failed"],
  ["create a hash:ip family inet6\nadd a 1.1.1.1", 2, 7, "cannot parse 1.1.1.1: resolving to IPv6 address failed"],
  ["create a hash:ip\nadd a 0.0.0.0", 2, 7, "Null-valued element, cannot be stored in a hash type of set"],
  ["create a bitmap:port range 0-65535\nadd a 70000", 2, 7, "'70000' is out of range 0-65535"],
  ["create a bitmap:port range 10-20\nadd a 5", 2, 7, "Element is out of the range of the set"],
  ["create a bitmap:port", 1, 1, "Mandatory option `range' is missing"],
  ["create a hash:ip hashsize zz", 1, 1, "'zz' is invalid as number"],
  ["create a hash:ip maxelem 99999999999", 1, 1, "'99999999999' is out of range 0-4294967295"],
  ["create a hash:ip family foo", 1, 1, "unknown inet family foo"],
  ["create a hash:ip foo 1", 1, 1, "Unknown argument: `foo'"],
  ["create a hash:ip,port,net\nadd a 1.1.1.1,tcp:80,10.0.0.0/33", 2, 7, "'33' is out of range 0-32"],
  [
    "create a hash:ip,port,net\nadd a 1.1.1.1,tcp:80,10.0.0.0/0",
    2,
    7,
    "The value of the CIDR parameter of the IP address is invalid",
  ],
  ["add a 1.1.1.1", 1, 7, "The set with the given name does not exist"],
];

/** What the kernel keeps of a text, as `ipset save` prints it but for the hash's random start. */
const kept = [
  "create a hash:ip family inet hashsize 64 maxelem 0 bucketsize 12\n",
  "create a hash:ip,port family inet hashsize 2048 maxelem 3 bucketsize 4\nadd a 1.1.1.1,tcp:80\nadd a 1.1.1.2,sctp:5\n",
  "create a bitmap:port range 1-9\nadd a 5\n",
  "create a hash:ip family inet6 hashsize 1024 maxelem 65536 bucketsize 12\nadd a fd00::1\n",
];

const asFed: readonly (readonly [text: string, kept: string])[] = [
  ...kept.map((text) => [text, text] as const),
  ["create a hash:ip hashsize 0 maxelem 0", kept[0]!],
  ["create a hash:ip,port hashsize 1025 maxelem 3 bucketsize 3\nadd a 1.1.1.1,80\nadd a 1.1.1.2,132:5", kept[1]!],
  ["create a bitmap:port range 9-1\nadd a 5", kept[2]!],
  ["create a hash:ip family inet6\nadd a fd00:0::1", kept[3]!],
];

describe("sets from any hand", () => {
  test.each(refused)("%j is refused", (text, line, column, message) => {
    expect(() => parseIpset(text, "f")).toThrow(
      expect.objectContaining({ name: "ParseError", message, position: { source: "f", line, column } }),
    );
  });

  test.each(asFed)("%j keeps its header and prints its members as ipset does", (text, saved) => {
    expect(printIpsetSave(parseIpset(text))).toBe(saved);
    expect(parseIpset(printIpsetList(parseIpset(text), new Map()))).toEqual(parseIpset(text));
  });

  const hasIpset = spawnSync("unshare", ["-n", "ipset", "save"]).status === 0;
  test.skipIf(!hasIpset)("are what the real ipset refuses and keeps", () => {
    const run = (text: string): string => {
      const script = `printf '%s\\n' "$1" | ipset restore 2>/dev/null && ipset save`;
      const { status, stdout } = spawnSync("unshare", ["-n", "sh", "-c", script, "sh", text], { encoding: "utf8" });
      const lines = stdout
        .replace(/ initval \S+/g, "")
        .trimEnd()
        .split("\n");
      return status === 0 ? `${[lines[0], ...lines.slice(1).sort()].join("\n")}\n` : "refused";
    };
    for (const [text] of refused) expect(run(text), text).toBe("refused");
    for (const [text, saved] of asFed) expect(run(text), text).toBe(saved);
  });
});

test("sets with options that are not modelled are named", () => {
  expect(() => parseIpset("create a hash:ip timeout 5", "f")).toThrow(
    'ipset option "timeout" is not modelled (line 1)',
  );
  expect(() => parseIpset("create a hash:ip\nadd a 1.1.1.1 timeout 5", "f")).toThrow('ipset option "timeout"');
  expect(() => parseIpset("create a hash:ip,port\nadd a 1.1.1.1,icmp:8/0", "f")).toThrow('protocol "icmp" in an ipset');
});
