import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { costModels } from "@kubenetsim/network/cost/models";
import { readCostModel } from "@kubenetsim/network/cost/read-cost-model";
import { afterAll, describe, expect, test } from "vitest";
import { NetworkNamespace } from "../../bench/calibrate/network-namespace.ts";
import { ownSurroundings, requireAll } from "../../bench/calibrate/requirements.ts";
import { runCli } from "../cli/run-cli.ts";
import { root } from "../tidy/source-files.ts";

const folder = mkdtempSync(join(tmpdir(), "kubenetsim-calibrate-"));
afterAll(() => rmSync(folder, { recursive: true }));

const program = join(root, "build/bench/calibrate/main.js");
const small = ["--services", "1,200,800", "--endpoints", "1,60,200", "--batches", "5", "--packets", "60"];

function missing(): string | undefined {
  try {
    requireAll(ownSurroundings(), { packets: 60, batches: 5 });
    return undefined;
  } catch (problem) {
    return (problem as Error).message;
  }
}
const reason = missing();
const suite = reason === undefined ? "on this kernel" : `on this kernel (skipped: ${reason})`;

function hostRules(): string {
  return ["iptables-legacy-save", "iptables-nft-save", "ip link", "nft list ruleset"]
    .map((command) => spawnSync("sh", ["-c", command], { encoding: "utf8" }).stdout)
    .join("\n")
    .replace(/^#.*$|\[\d+:\d+\]/gm, "");
}

describe.skipIf(reason !== undefined)(suite, { timeout: 180_000 }, () => {
  test("measures what is there, skips by name what is not, and writes models that --cost-model reads", () => {
    const before = hostRules();
    const out = join(folder, "models");
    const run = spawnSync("node", [program, "--out", out, ...small], { encoding: "utf8" });
    expect(run.stderr).toBe("");
    expect(run.status).toBe(0);
    expect(hostRules()).toBe(before);
    const files = readdirSync(out).filter((name) => name.startsWith("calibrated-linux-"));
    expect(files.length).toBeGreaterThan(0);
    for (const name of files) {
      const file = join(out, name);
      const model = readCostModel(JSON.parse(readFileSync(file, "utf8")), name);
      const known = { ...model.constants, ...model.lacks };
      expect(Object.keys(known).sort()).toEqual(
        Object.keys(costModels["linux-6.1-uml"].constants).concat("nftNat").sort(),
      );
      const said = runCli([
        "trace",
        "-f",
        "examples/shop",
        "--from",
        "pod/shop/client",
        "--to",
        "http://web",
        "--cost-model",
        file,
      ]);
      expect(said.code).toBe(0);
      expect(said.out).toContain(model.name);
    }
    for (const line of run.stdout.split("\n").filter((text) => text.startsWith("skip "))) {
      expect(line).toMatch(/^skip (iptables-legacy|iptables-nft|nft|ipvs)[^:]*: \S/);
    }
  });

  test("leaves nothing behind when it is interrupted", async () => {
    const temporary = mkdtempSync(join(folder, "temporary-"));
    const args = [program, "--out", join(folder, "interrupted"), "--services", "1,2000,4000"];
    const child = spawn("node", args, { env: { ...process.env, TMPDIR: temporary } });
    await expect.poll(() => childrenOf(child.pid!), { timeout: 20_000 }).not.toEqual([]);
    const held = childrenOf(child.pid!);
    child.kill("SIGINT");
    const code = await new Promise((resolve) => child.once("close", resolve));
    expect(code).toBe(130);
    await expect.poll(() => held.filter(isAlive), { timeout: 10_000 }).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test("says what a program in the namespace said", async () => {
    const namespace = await NetworkNamespace.open();
    try {
      await expect(namespace.run(["ip", "link", "show", "nothing"])).rejects.toThrow(/^ip: .*nothing/);
      expect(await namespace.run(["cat"], "read")).toBe("read");
    } finally {
      namespace.close();
    }
  });
});

test("refuses options with how it is called", () => {
  const run = spawnSync("node", [program, "--batches", "0"], { encoding: "utf8" });
  expect([run.status, run.stdout]).toEqual([2, ""]);
  expect(run.stderr).toMatch(/^--batches must be whole numbers from 3 to 1000, got "0"\n\nusage: npm run calibrate/);
});

test.skipIf(reason !== undefined)("refuses a folder that cannot be written", () => {
  const run = spawnSync("node", [program, "--out", join(program, "below")], { encoding: "utf8" });
  expect(run.status).toBe(2);
  expect(run.stderr).toMatch(/^cannot calibrate: nothing can be written to .*below/);
});

/** The processes that a namespace lives by: `cat` and what runs in it. */
function childrenOf(pid: number): readonly number[] {
  const { stdout } = spawnSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" });
  return stdout.trim().split(/\s+/).filter(Boolean).map(Number);
}

function isAlive(pid: number): boolean {
  return spawnSync("kill", ["-0", String(pid)], { stdio: "ignore" }).status === 0;
}
