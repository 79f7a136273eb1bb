import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Queue } from "bullmq";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { hasRedis, RedisServer, until } from "../../test-redis-server.ts";
import { runWorker } from "./queue-worker.ts";

const moduleText = `
import { existsSync, writeFileSync } from "node:fs";
export function run(input) {
  if (input?.grows) for (const kept = []; ; kept.push(new Array(1e5).fill(0)));
  if (input?.throws) throw { kind: "no Error" };
  if (input?.begun) writeFileSync(input.begun, "");
  while (input?.gate && !existsSync(input.gate)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  return input;
}
`;

/** What others may have written into a Redis. */
describe.skipIf(!hasRedis)("a worker", () => {
  const folder = mkdtempSync(join(tmpdir(), "kubenetsim-foreign-"));
  const module = pathToFileURL(join(folder, "echo.mjs")).href;
  let server: RedisServer;
  let interruption = new AbortController();
  let working: Promise<void> | undefined;

  beforeAll(async () => {
    writeFileSync(join(folder, "echo.mjs"), moduleText);
    server = await RedisServer.start();
  });
  afterEach(async () => {
    interruption.abort();
    await working?.catch(() => undefined);
    interruption = new AbortController();
    const redis = server.client();
    await redis.flushall();
    redis.disconnect();
  });
  afterAll(async () => {
    await server?.end();
    rmSync(folder, { recursive: true });
  });

  function work(): string[] {
    const notes: string[] = [];
    const place = { url: server.url, program: "echo", version: "1" };
    const options = { ...place, module, concurrency: 1, heapMegabytes: 40, note: (text: string) => notes.push(text) };
    working = runWorker(options, interruption.signal);
    working.catch(() => undefined);
    return notes;
  }

  async function put(jobs: readonly (readonly [name: string, data: unknown])[]): Promise<void> {
    const queue = new Queue("jobs-1", { connection: { host: "127.0.0.1", port: server.port }, prefix: "echo" });
    await queue.addBulk(jobs.map(([name, data]) => ({ name, data, opts: { attempts: 1 } })));
    await queue.close();
  }

  async function outputs(run: string): Promise<Record<string, string>> {
    const redis = server.client();
    const all = await redis.hgetall(`echo:jobs-1:outputs:${run}`);
    redis.disconnect();
    return all;
  }

  test("refuses what is no job, by name and in one line, and does the others", async () => {
    const notes = work();
    await put([
      ["nothing", null],
      ["a text", "hello"],
      ["an object for a run", { run: { a: 1 }, index: 0 }],
      ["a text for an index", { run: "r", index: "1" }],
      ["throws\u001b[2J\nerror: forged", { run: "r", index: 2, input: { throws: true } }],
      ["right", { run: "r", index: 3, input: 7 }],
    ]);
    await until(async () => Object.keys(await outputs("r")).length > 0);
    const noRun = "failed: it is no job: run must be letters and digits, at most 64";
    expect(failuresOf(notes)).toEqual([
      `nothing ${noRun}`,
      `a text ${noRun}`,
      `an object for a run ${noRun}`,
      "a text for an index failed: it is no job: index must be a whole number, 0 or more",
      'throws [2J error: forged failed: {"kind":"no Error"}',
    ]);
    expect(await outputs("r")).toEqual({ "3": "7" });
  });

  test("goes on after a job that takes too much memory", async () => {
    const notes = work();
    await put([
      ["large", { run: "r", index: 0, input: { grows: true } }],
      ["small", { run: "r", index: 1, input: 7 }],
    ]);
    await until(async () => Object.keys(await outputs("r")).length > 0);
    expect(failuresOf(notes)[0]).toMatch(/^large failed: .*out of memory/);
    expect(await outputs("r")).toEqual({ "1": "7" });
  });

  test("ends where another program has a key of a queue", async () => {
    const redis = server.client();
    await redis.set("echo:jobs-1:wait", "theirs");
    redis.disconnect();
    work();
    await expect(working).rejects.toThrow(/^the Redis at redis:\S+ refuses: .*WRONGTYPE/);
  });

  test("counts no job as done whose output Redis does not keep", async () => {
    const [begun, gate] = [join(folder, "begun"), join(folder, "gate")];
    const notes = work();
    await put([["kept nowhere", { run: "r", index: 0, input: { begun, gate } }]]);
    await until(() => existsSync(begun));
    const redis = server.client();
    await redis.set("echo:jobs-1:outputs:r", "theirs");
    redis.disconnect();
    writeFileSync(gate, "");
    await until(() => failuresOf(notes).length > 0);
    expect(failuresOf(notes)[0]).toMatch(/^kept nowhere failed: WRONGTYPE/);
  });
});

function failuresOf(notes: readonly string[]): string[] {
  return notes.filter((text) => !text.startsWith("taking jobs"));
}
