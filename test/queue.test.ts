import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resultsToJson, runExperiment } from "kubenetsim";
import { readExperiment } from "kubenetsim/experiment/read-experiment";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hasRedis, RedisServer, until } from "../packages/workers/test-redis-server.ts";
import { root } from "./tidy/source-files.ts";

const experiment = {
  name: "queued",
  vary: { mode: ["iptables", "ipvs", "nftables"], services: [1, 30, 300, 2000], position: ["last", "none"] },
  measures: ["rulesCompared", "setLookups", "serversExamined", "objectsTouched", "bytesFull"],
};
const whole = resultsToJson(runExperiment(readExperiment(experiment, "queued")));
const cells = 24;
/** Of the built program: here its sources run. */
const codeVersion = execFileSync(
  "node",
  ["--input-type=module", "--eval", 'console.log((await import("kubenetsim/experiment/code-version")).codeVersion());'],
  { cwd: root, encoding: "utf8" },
).trim();
/** A lost worker is noticed after half a minute, and the machine may be busy. */
const patienceMs = 240_000;

/** The programs as they are started by hand, on one machine with one Redis. */
describe.skipIf(!hasRedis)("experiment --queue and worker", { timeout: patienceMs }, () => {
  let server: RedisServer;
  let folder: string;
  const started: ChildProcess[] = [];

  beforeAll(async () => {
    server = await RedisServer.start("--appendonly", "yes", "--appendfsync", "always");
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kubenetsim-queue-"));
    writeFileSync(join(folder, "queued.json"), JSON.stringify(experiment));
  });
  afterEach(async () => {
    for (const process of started.splice(0)) await killed(process);
    const redis = server.client();
    await redis.flushall();
    redis.disconnect();
    rmSync(folder, { recursive: true });
  });
  afterAll(() => server?.end());

  function start(...words: readonly string[]): { readonly process: ChildProcess; readonly said: () => string } {
    let said = "";
    const program = join(root, "packages/kubenetsim/bin/kubenetsim.js");
    const process = spawn("node", [program, ...words], { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    process.stderr!.on("data", (text: Buffer) => {
      said += text;
    });
    started.push(process);
    return { process, said: () => said };
  }

  const startWorker = () => start("worker", "--queue", server.url, "--concurrency", "1");
  const startCollector = () => start("experiment", "queued.json", "--queue", server.url, "--out", "out.json");
  const out = (): string => readFileSync(join(folder, "out.json"), "utf8");
  const outputsInRedis = async (): Promise<number> => {
    const redis = server.client();
    const [key] = await redis.keys("kubenetsim:jobs-*:outputs:*");
    const count = key === undefined ? 0 : await redis.hlen(key);
    redis.disconnect();
    return count;
  };
  const measured = (): number => (existsSync(join(folder, "out.json")) ? (out().match(/"index"/g) ?? []).length : 0);

  async function killed(process: ChildProcess): Promise<void> {
    if (process.exitCode !== null || process.signalCode !== null) return;
    process.kill("SIGKILL");
    await once(process, "exit");
  }

  async function ended(process: ChildProcess): Promise<number | null> {
    if (process.exitCode === null) await once(process, "exit");
    return process.exitCode;
  }

  test("a worker that is killed while it measures: its cell is measured again, and the bytes are those of a single run", async () => {
    const lost = startWorker();
    const collector = startCollector();
    await until(async () => (await outputsInRedis()) > 0);
    await killed(lost.process);
    expect(await outputsInRedis()).toBeLessThan(cells);
    startWorker();
    startWorker();
    expect(await ended(collector.process)).toBe(0);
    expect(out()).toBe(whole);
    expect(await outputsInRedis()).toBe(0);
  });

  test("one who waits and is killed goes on where it was", async () => {
    startWorker();
    const lost = startCollector();
    await until(() => measured() > 0);
    await killed(lost.process);
    expect(measured()).toBeLessThan(cells);
    const before = await outputsInRedis();
    expect(before).toBeGreaterThan(0);
    expect(await ended(startCollector().process)).toBe(0);
    expect(out()).toBe(whole);
  });

  test("a Redis that is away too long: what there is is kept, and the same command goes on", async () => {
    startWorker();
    const collector = start(
      ...["experiment", "queued.json", "--queue", server.url, "--out", "out.json", "--wait", "1"],
    );
    await until(() => measured() > 0);
    await server.kill();
    expect(await ended(collector.process)).toBe(1);
    expect(collector.said()).toMatch(
      /went away: waiting for it\nerror: no word from the Redis at redis:\S+ for 1 s: \d+ of 24 cells are measured\n {7}what is finished stays in Redis/,
    );
    expect(JSON.parse(out()).partial).toBe(true);
    await server.restart();
    expect(await ended(startCollector().process)).toBe(0);
    expect(out()).toBe(whole);
  });

  test("a worker whose Redis keeps something else under a queue's key ends and says so", async () => {
    const redis = server.client();
    await redis.set(`kubenetsim:jobs-${codeVersion}:wait`, "theirs");
    redis.disconnect();
    const worker = startWorker();
    expect(await ended(worker.process)).toBe(2);
    expect(worker.said()).toMatch(/error: the Redis at redis:\S+ refuses: .*WRONGTYPE/);
  });

  test("a worker that is told to end finishes what it has begun", async () => {
    const worker = startWorker();
    const collector = startCollector();
    await until(async () => (await outputsInRedis()) > 0);
    worker.process.kill("SIGTERM");
    expect(await ended(worker.process)).toBe(0);
    expect(worker.said()).toContain("finishing what was begun");
    collector.process.kill("SIGINT");
    expect(await ended(collector.process)).toBe(1);
    expect(collector.said()).toMatch(/error: interrupted: \d+ of 24 cells are measured/);
    const redis = server.client();
    expect(await redis.llen(`kubenetsim:jobs-${codeVersion}:active`)).toBe(0);
    redis.disconnect();
  });
});
