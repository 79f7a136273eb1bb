import { execFileSync, spawnSync } from "node:child_process";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { describe, expect, it, test } from "vitest";
import { NftStore } from "../nft/nft-store.ts";
import { parseNftCommands } from "./nft-command-parse.ts";

const start = "add table ip t\nadd chain ip t a\nadd set ip t s { type ipv4_addr ; }\n";
const long = (length: number): string => "a".repeat(length);
const timeout = (time: string): string =>
  `add set ip t x { type ipv4_addr ; flags dynamic,timeout ; timeout ${time} ; }`;

/** A line after those of `start`, and where the refusal points. */
const refused: readonly (readonly [line: string, message: string, column: number])[] = [
  ["add rule ip t a meta l4proto tcp dnat to 10.9.9.9:70000", "a port is not a number from 0 to 65535: 70000", 42],
  ["add rule ip t a meta l4proto tcp dnat to 10.9.9.9:-80", "a port is not a number from 0 to 65535: -80", 42],
  ["add chain ip t ü💥", "not a name: ü💥", 16],
  ["add chain ip t 1abc", "not a name: 1abc", 16],
  ["add rule ip t a jump ü", "not a name: ü", 22],
  [`add chain ip t ${long(256)}`, "name too long, 255 characters maximum allowed", 16],
  [`add set ip t ${long(300)} { type ipv4_addr ; }`, "name too long, 255 characters maximum allowed", 14],
  [`add table ip ${long(256)}`, "name too long, 255 characters maximum allowed", 14],
  [`add rule ip t a drop comment "${long(129)}"`, "comment too long, 128 characters maximum allowed", 30],
  [`add rule ip t a drop comment "${"é".repeat(65)}"`, "comment too long, 128 characters maximum allowed", 30],
  [`add element ip t s { 1.1.1.1 comment "${long(129)}" }`, "comment too long, 128 characters maximum allowed", 38],
  [timeout("99999999999999d"), "not a time: 99999999999999d", 67],
  [timeout("123456789s"), "not a time: 123456789s", 67],
  [timeout("1s1h"), "not a time: 1s1h", 67],
  [timeout("90"), "not a time: 90", 67],
  ["add rule ip t a numgen inc mod 0 0 accept", "Could not process rule: Numerical result out of range", 32],
  ["add rule ip t a numgen inc mod 4294967296 0 accept", "Could not process rule: Numerical result out of range", 32],
  [
    "add rule ip t a numgen inc mod 10 offset 4294967290 0 accept",
    "Could not process rule: Value too large for defined data type",
    42,
  ],
  ["add rule ip t a jhash ip saddr mod 0 0 accept", "Could not process rule: Numerical result out of range", 36],
  [
    "add rule ip t a jhash ip saddr mod 2 offset 4294967295 0 accept",
    "Could not process rule: Value too large for defined data type",
    45,
  ],
  ["add rule ip t a jhash ip saddr mod 2 seed x 0 accept", "not a number: x", 43],
  ["add rule ip t a jhash ip saddr mod 09 0 accept", "not a number: 09", 36],
  ["add rule ip t a numgen rand mod 2 0 accept", "not a kind of numgen: rand", 24],
  ["add rule ip t a numgen inc 2 0 accept", '"mod" is missing before "2"', 28],
  ["add rule ip t a numgen inc mod 3 3 accept", "Value 3 exceeds valid range 0-2", 34],
  ["add rule ip t a numgen inc mod 3 offset 5 8 accept", "Value 8 exceeds valid range 0-7", 43],
  ["add rule ip t a jhash ip saddr mod 2 seed 1 != 2 accept", "Value 2 exceeds valid range 0-1", 48],
];

const taken = [
  "add rule ip t a numgen inc mod 1 5 accept",
  "add rule ip t a numgen inc mod 3 vmap { 0 : accept, 3 : drop }",
  "add rule ip t a ip saddr . numgen inc mod 2 { 1.1.1.1 . 2 } accept",
  "add rule ip t a numgen inc mod 4294967295 offset 1 0 accept",
  `add chain ip t ${long(255)}`,
  `add rule ip t a drop comment "${long(128)}"`,
  'add rule ip t a drop comment "💥"',
  "add chain ip t _a/b-c.d",
  "add rule ip t a meta l4proto tcp dnat to 10.9.9.9:65535",
  timeout("213503d"),
  timeout("1d2h3m4s5ms"),
];

describe("what nft refuses when it reads it", () => {
  it.each(refused)("%s", (line, message, column) => {
    const position = { source: "x.nft", line: 4, column };
    expect(() => parseNftCommands(start + line, { source: "x.nft" })).toThrow(
      expect.objectContaining({ name: "ParseError", message, position }),
    );
  });

  it.each(taken)("and takes: %s", (line) => {
    const store = new NftStore();
    for (const transaction of parseNftCommands(start + line)) store.apply(transaction);
    expect(store.tables().length).toBe(1);
  });

  const hasNft = spawnSync("unshare", ["-n", "nft", "list", "ruleset"]).status === 0;
  it.skipIf(!hasNft)("is what the real nft refuses and takes", () => {
    const lines = [...refused.map(([line]) => line), ...taken];
    const script = lines.map(
      (line) => `printf '%s' '${start + line}' | nft -f - 2>/dev/null; echo $?; nft flush ruleset`,
    );
    const answers = execFileSync("unshare", ["-n", "sh", "-c", script.join("\n")], { encoding: "utf8" });
    expect(answers.trim().split("\n")).toEqual(lines.map((_, i) => (i < refused.length ? "1" : "0")));
  });
});

test("what the kernel refuses is told with the command's place, and elements as text", () => {
  const apply = (line: string): void => {
    const store = new NftStore();
    for (const transaction of parseNftCommands(start + line, { source: "x.nft" })) store.apply(transaction);
  };
  const position = { source: "x.nft", line: 5, column: 1 };
  const map = "add map ip t m { type ipv4_addr : verdict ; elements = { 1.1.1.1 : drop } }\n";
  const why = (reason: string): string => `Could not process rule: ${reason}`;
  const cases: readonly (readonly [text: string, message: string])[] = [
    [`${map}add element ip t m { 1.1.1.1 : accept }`, `add element ip t m { 1.1.1.1 }: ${why("File exists")}`],
    [`\n${timeout("213504d")}`, `add set ip t x: ${why("Numerical result out of range")}`],
    ["\nadd rule ip t a jump b", `add rule ip t a: ${why("No such file or directory")}`],
    ["\nadd chain ip nope a", `add chain ip nope a: ${why("No such file or directory")}`],
  ];
  for (const [text, message] of cases) {
    expect(() => apply(text)).toThrow(expect.objectContaining({ message, position }));
    expect(() => apply(text)).toThrow(ParseError);
  }
  expect(() => parseNftCommands("flush ruleset")).toThrow(UnsupportedError);
  expect(() => parseNftCommands("flush ruleset")).toThrow('nft command "flush ruleset" is not modelled (line 1)');
});
