import { execFileSync, spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { parseIptablesSave } from "./iptables-parse.ts";
import { printIptablesSave } from "./iptables-print.ts";

const every = 'statistic: bad value for option "--every", or out of range (1-4294967295).';
const packet = 'statistic: bad value for option "--packet", or out of range (0-4294967295).';
const probability = 'statistic: bad value for option "--probability", or out of range (0-1).';
const refused: readonly (readonly [options: string, message: string])[] = [
  ["--mode nth --every 3", 'statistic: option "--every" also requires "--packet".'],
  ["--every 3 --mode nth", 'statistic: option "--every" also requires "--packet".'],
  ["--mode nth --every 3 --packet 3", "the --packet p must be 0 <= p <= n-1"],
  ["--mode nth --packet 1", "the --packet p must be 0 <= p <= n-1"],
  ["--mode nth", "--every and --packet must be specified when using nth mode"],
  ["--mode nth --every 0 --packet 0", every],
  ["--mode nth --every 4294967296 --packet 0", every],
  ["--mode nth --every abc --packet 0", every],
  ["--mode nth --every 3 --packet -1", packet],
  ["--mode nth --every 3 ! --packet 1", 'statistic: option "--packet" cannot be inverted.'],
  ["--mode nth --every 3 --every 4 --packet 1", 'statistic: option "--every" can only be used once.'],
  ["--mode nth --mode random", 'statistic: option "--mode" can only be used once.'],
  ["! --mode nth --every 3 --packet 1", 'statistic: option "--mode" cannot be inverted.'],
  ["--mode random", "--probability must be specified when using random mode"],
  ["", "--probability must be specified when using random mode"],
  ["--probability 0.5", 'statistic: option "--mode" must be specified'],
  ["--mode random --probability 2", probability],
  ["--mode random --probability -0.1", probability],
  ["--mode random --probability x", probability],
  ["--mode nnth --every 3", 'Bad mode "nnth"'],
  [
    "--mode random --probability 0.5 --every 3 --packet 0",
    'statistic: option "--probability" cannot be used together with "--every".',
  ],
];

const taken: readonly (readonly [options: string, printed: string])[] = [
  ["--mode nth --every 3 --packet 2", "--mode nth --every 3 --packet 2"],
  ["--packet 2 --every 3 --mode nth", "--mode nth --every 3 --packet 2"],
  ["--mode nth ! --every 3 --packet 1", "--mode nth ! --every 3 --packet 1"],
  ["--mode nth --every 4294967295 --packet 4294967294", "--mode nth --every 4294967295 --packet 4294967294"],
  ["--mode nth --every 0x10 --packet 010", "--mode nth --every 16 --packet 8"],
  ["--probability 0.3 --mode random", "--mode random --probability 0.29999999981"],
  ["--mode random ! --probability 0.3333333", "--mode random ! --probability 0.33333329996"],
  ["--mode random --probability 1e-3", "--mode random --probability 0.00100000016"],
  ["--mode random --probability 1", "--mode random --probability 1.00000000000"],
  ["--mode random --probability 0.0002441406", "--mode random --probability 0.00024414062"],
  ["--mode random --probability 0.000732421875", "--mode random --probability 0.00073242188"],
];

const save = (options: string): string => `*filter\n:x - [0:0]\n-A x -m statistic ${options}\nCOMMIT\n`;

describe("-m statistic", () => {
  it.each(refused)("refuses: %s", (options, message) => {
    expect(() => parseIptablesSave(save(options))).toThrow(
      expect.objectContaining({ name: "ParseError", message, position: expect.objectContaining({ line: 3 }) }),
    );
  });

  it.each(taken)("takes %s", (options, printed) => {
    expect(printIptablesSave(parseIptablesSave(save(options)))).toContain(`-A x -m statistic ${printed}\n`);
  });

  const isReal = spawnSync("unshare", ["-n", "iptables-save"]).status === 0;
  it.skipIf(!isReal)("does as the real iptables does, in its words", () => {
    const commands = [...refused, ...taken].map(([options]) => `iptables -A x -m statistic ${options} 2>&1 | head -1`);
    const script = ["iptables -N x", ...commands, "iptables-save -t filter"].join("\n");
    const lines = execFileSync("unshare", ["-n", "sh", "-c", script], { encoding: "utf8" }).split("\n");
    const words = (line: string): string => line.replace(/^iptables v[^:]*: /, "");
    expect(lines.slice(0, refused.length).map(words)).toEqual(refused.map(([, message]) => message));
    const rules = lines.filter((line) => line.startsWith("-A x"));
    expect(rules).toEqual(taken.map(([, printed]) => `-A x -m statistic ${printed}`));
  });
});
