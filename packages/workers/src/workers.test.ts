import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { hasRedis, RedisServer, until } from "../test-redis-server.ts";
import {
  byQueue,
  inThisThread,
  inThreads,
  type Job,
  type JobEvents,
  type QueueOptions,
  runWorker,
  type WorkerOptions,
} from "./index.ts";

/** What the jobs of these tests do; `log` names each that begins. */
const moduleText = `
import { appendFileSync, existsSync } from "node:fs";
export function run({ number, fails, breaks, waitsFor, log }) {
  if (log !== undefined) appendFileSync(log, number + "\\n");
  if (fails) throw new Error("number " + number + " cannot be\\nhad");
  if (breaks) return new Promise(() => setTimeout(() => { throw new Error("broken"); }));
  while (waitsFor !== undefined && !existsSync(waitsFor)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
  return { number, square: number * number };
}
`;

const folder = mkdtempSync(join(tmpdir(), "kubenetsim-workers-"));
const module = pathToFileURL(join(folder, "square.mjs")).href;
const log = join(folder, "log");
writeFileSync(join(folder, "square.mjs"), moduleText);
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => writeFileSync(log, ""));

function jobsOf(count: number, more: (index: number) => object = () => ({})): Job[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    name: `square ${index}`,
    input: { number: index, log, ...more(index) },
  }));
}

const squares = (count: number) => Array.from({ length: count }, (_, number) => ({ number, square: number * number }));

/** How often each job was begun. */
const begun = (): number[] => readFileSync(log, "utf8").trim().split("\n").map(Number);

class Heard implements JobEvents {
  readonly outputs: unknown[] = [];
  readonly failures: string[] = [];
  readonly notes: string[] = [];
  done({ index }: Job, output: unknown): void {
    expect(this.outputs[index]).toBeUndefined();
    this.outputs[index] = output;
  }
  failed({ name }: Job, reason: string): void {
    this.failures.push(`${name}: ${reason}`);
  }
  note(text: string): void {
    this.notes.push(text);
  }
}

describe.each([
  ["this thread", async () => inThisThread(await import(module))],
  ["three threads", async () => inThreads(module, 3)],
] as const)("jobs in %s", (_, runner) => {
  test("give each its output", async () => {
    const heard = new Heard();
    expect(await (await runner())(jobsOf(20), heard)).toBeUndefined();
    expect(heard.outputs).toEqual(squares(20));
  });

  test("that fail are told by name, and the rest is done", async () => {
    const heard = new Heard();
    const jobs = jobsOf(6, (index) => ({ fails: index === 3 }));
    await (await runner())(jobs, heard);
    expect(heard.failures).toEqual(["square 3: number 3 cannot be"]);
    expect(heard.outputs.flat()).toEqual(squares(6).filter(({ number }) => number !== 3));
  });

  test("stop when they are interrupted", async () => {
    const controller = new AbortController();
    const heard = new Heard();
    const stop = await (await runner())(
      jobsOf(50),
      { ...heard, done: () => controller.abort(), failed: (job, why) => heard.failed(job, why) },
      controller.signal,
    );
    expect(stop?.reason).toBe("interrupted");
    expect(begun().length).toBeLessThan(10);
    expect(heard.failures).toEqual([]);
  });

  test("are not begun when that was interrupted before", async () => {
    const heard = new Heard();
    const stop = await (await runner())(jobsOf(2), heard, AbortSignal.abort());
    expect([stop?.reason, readFileSync(log, "utf8"), heard.outputs]).toEqual(["interrupted", "", []]);
  });

  test("may be none", async () => {
    expect(await (await runner())([], new Heard())).toBeUndefined();
  });
});

test("jobs of a group are done one after the other", async () => {
  const running = new Map<string | undefined, number>();
  const jobs = jobsOf(30).map((job) => ({ ...job, group: `group ${Math.floor(job.index / 5)}` }));
  const heard = new Heard();
  await inThreads(module, 3)(jobs, {
    started: ({ index, group }) => {
      expect([...running.keys()]).not.toContain(group);
      running.set(group, index);
    },
    done: (job, output) => {
      running.delete(job.group);
      heard.done(job, output);
    },
    failed: () => expect.unreachable(),
  });
  expect(heard.outputs).toEqual(squares(30));
});

test("a thread that breaks is replaced, and its job has failed", async () => {
  const heard = new Heard();
  await inThreads(module, 1)(
    jobsOf(3, (index) => ({ breaks: index === 1 })),
    heard,
  );
  expect(heard.failures).toEqual(["square 1: broken"]);
  expect(heard.outputs.flat()).toEqual([squares(3)[0], squares(3)[2]]);
});

test("a module that cannot be loaded fails every job", async () => {
  const heard = new Heard();
  await inThreads(`${module}.none`, 2)(jobsOf(3), heard);
  expect(heard.failures).toHaveLength(3);
  expect(heard.failures[0]).toMatch(/^square \d: Cannot find module/);
});

describe.skipIf(!hasRedis)("jobs in a queue", () => {
  let server: RedisServer;
  const running: AbortController[] = [];
  const workers: Promise<void>[] = [];
  const place = (version = "1.0.0") => ({ url: server.url, program: "squares", version });
  const quick = { pollMs: 20, idleMs: 100, backoffMs: 20 } as const;
  let runs = 0;
  const collector = (more: Partial<QueueOptions> = {}) => byQueue({ ...place(), ...quick, run: `run${runs}`, ...more });

  beforeAll(async () => {
    server = await RedisServer.start("--appendonly", "yes", "--appendfsync", "always");
  });
  afterEach(async () => {
    runs++;
    for (const one of running.splice(0)) one.abort();
    await Promise.all(workers.splice(0));
  });
  afterAll(() => server?.end());

  function work(more: Partial<Pick<WorkerOptions, "concurrency" | "version" | "module">> = {}): string[] {
    const notes: string[] = [];
    const controller = new AbortController();
    running.push(controller);
    const options = { ...place(), module, concurrency: 2, lockMs: 1000, ...more };
    workers.push(runWorker({ ...options, note: (text) => notes.push(text) }, controller.signal));
    return notes;
  }

  test("give each its output, whoever does it, and leave nothing behind", async () => {
    work();
    work();
    const heard = new Heard();
    expect(await collector()(jobsOf(50), heard)).toBeUndefined();
    expect(heard.outputs).toEqual(squares(50));
    const redis = server.client();
    expect(await redis.keys("*outputs*")).toEqual([]);
    expect(await redis.keys("squares:jobs-1.0.0:run*")).toEqual([]);
    redis.disconnect();
  });

  test("that fail are tried again and told by name, and the rest is done", async () => {
    const notes = work();
    const heard = new Heard();
    expect(
      await collector()(
        jobsOf(6, (index) => ({ fails: index === 3 })),
        heard,
      ),
    ).toBeUndefined();
    expect(heard.failures).toEqual(["square 3: number 3 cannot be"]);
    expect(heard.outputs.flat()).toEqual(squares(6).filter(({ number }) => number !== 3));
    expect(begun().filter((number) => number === 3).length).toBe(3);
    expect(notes).toContain("square 3 failed: number 3 cannot be");
  });

  test("stay when who waits is interrupted, and what is finished is not done again", async () => {
    const gate = join(folder, `gate${runs}`);
    work();
    const controller = new AbortController();
    const first = new Heard();
    const jobs = jobsOf(10, (index) => (index < 4 ? {} : { waitsFor: gate }));
    const stop = collector()(
      jobs,
      {
        done: (job, output) => {
          first.done(job, output);
          if (first.outputs.flat().length === 4) controller.abort();
        },
        failed: () => undefined,
      },
      controller.signal,
    );
    expect(await stop).toMatchObject({ reason: "interrupted", hint: expect.stringContaining("run the same again") });
    writeFileSync(gate, "");
    const second = new Heard();
    expect(await collector()(jobs, second)).toBeUndefined();
    expect(second.outputs).toEqual(squares(10));
    expect(begun().sort((a, b) => a - b)).toEqual([...jobs.keys()]);
  });

  test("are done again where what Redis keeps of them is not their output, and fail the second time", async () => {
    const redis = server.client();
    const key = `squares:jobs-1.0.0:outputs:run${runs}`;
    await redis.hset(key, { "0": "null", "1": "no JSON", "2": JSON.stringify({ number: 2, square: 5 }) });
    work();
    const heard = new Heard();
    const isOutput = ({ index }: Job, output: unknown): boolean =>
      (output as { square?: number } | null)?.square === index ** 2 && index !== 3;
    const events: JobEvents = {
      isOutput,
      done: (job, output) => heard.done(job, output),
      failed: (job, reason) => heard.failed(job, reason),
      note: (text) => heard.note(text),
    };
    expect(await collector()(jobsOf(4), events)).toBeUndefined();
    expect(heard.outputs).toEqual(squares(3));
    const problem = `what ${server.url} keeps of it is not its output`;
    expect(heard.failures).toEqual([`square 3: ${problem}`]);
    expect(heard.notes.filter((text) => text.includes(problem)).sort()).toEqual(
      [0, 1, 2, 3].map((index) => `square ${index}: ${problem}: it is done again`),
    );
    expect(begun().sort()).toEqual([0, 1, 2, 3, 3]);
    expect(await redis.exists(key)).toBe(0);
    redis.disconnect();
  });

  test("survive a Redis that goes away and comes back, with what it knew or without", async () => {
    for (const loses of [false, true]) {
      const heard = new Heard();
      const gate = join(folder, `gate${runs}`);
      const notes = work();
      const ending = collector()(
        jobsOf(12, (index) => (index < 4 ? {} : { waitsFor: gate })),
        heard,
      );
      await until(() => heard.outputs.flat().length === 4);
      if (loses) {
        const redis = server.client();
        await redis.flushall();
        redis.disconnect();
      }
      await server.kill();
      await until(() => heard.notes.some((text) => text.endsWith("went away: waiting for it")));
      writeFileSync(gate, "");
      await server.restart();
      expect(await ending).toBeUndefined();
      expect(heard.outputs).toEqual(squares(12));
      expect(heard.notes).toEqual(expect.arrayContaining([expect.stringMatching(/is there again$/)]));
      expect(notes).toEqual(expect.arrayContaining(["Redis went away: waiting for it", "Redis is there again"]));
      runs++;
    }
  });

  test("wait for a Redis that is away no longer than they may, and say how to go on", async () => {
    work();
    const heard = new Heard();
    const jobs = jobsOf(4, (index) => (index < 2 ? {} : { waitsFor: join(folder, "later") }));
    const ending = collector({ awayMs: 300 })(jobs, heard);
    await until(() => heard.outputs.flat().length === 2);
    await server.kill();
    expect(await ending).toEqual({
      reason: `no word from the Redis at ${server.url} for 0.3 s`,
      hint: "what is finished stays in Redis for a week: run the same again to go on",
    });
    writeFileSync(join(folder, "later"), "");
    await server.restart();
    const again = new Heard();
    expect(await collector()(jobs, again)).toBeUndefined();
    expect(again.outputs).toEqual(squares(4));
  });

  test("say when no worker is there", async () => {
    const heard = new Heard();
    const ending = collector()(jobsOf(2), heard);
    await until(() => heard.notes.length > 0);
    expect(heard.notes).toEqual([`no worker takes jobs from ${server.url} yet`]);
    work();
    expect(await ending).toBeUndefined();
  });

  test("are not given to workers of another version, and both sides say so", async () => {
    const notes = work({ version: "2.0.0" });
    await until(() => notes.length > 0);
    await expect(collector()(jobsOf(2), new Heard())).rejects.toThrow(
      `the workers at ${server.url} are of version 2.0.0, this is 1.0.0`,
    );
    const heard = new Heard();
    const right = work();
    await until(() => right.length > 0);
    expect(await collector()(jobsOf(2), heard)).toBeUndefined();
  });

  test("are done by workers of their version alone, where those of another are there, too, and free", async () => {
    const other = join(folder, "other.mjs");
    writeFileSync(other, 'export const run = () => "of another version";');
    const notes = [
      work({ version: "2.0.0", module: pathToFileURL(other).href, concurrency: 20 }),
      work({ concurrency: 1 }),
    ];
    await until(() => notes.every((one) => one.length > 0));
    const heard = new Heard();
    expect(await collector()(jobsOf(40), heard)).toBeUndefined();
    expect(heard.outputs).toEqual(squares(40));
  });

  test("that nobody does are looked after now and then, and not at each look at what has ended", async () => {
    const redis = server.client();
    await redis.config("RESETSTAT");
    const controller = new AbortController();
    const ending = collector({ pollMs: 2, idleMs: 20 })(jobsOf(1), new Heard(), controller.signal);
    let [looks, lookedAfter] = [0, 0];
    await until(async () => {
      const stats = await redis.info("commandstats");
      [looks, lookedAfter] = [callsOf("hmget", stats), callsOf("client\\|list|client", stats)];
      return looks >= 100;
    });
    controller.abort();
    await ending;
    redis.disconnect();
    expect(lookedAfter).toBeGreaterThan(looks / 20);
    expect(lookedAfter).toBeLessThan(looks / 5);
  });
});

/** How often a Redis has been given a command, by what it says of itself. */
function callsOf(command: string, stats: string): number {
  return Number(new RegExp(`^cmdstat_(?:${command}):calls=(\\d+)`, "m").exec(stats)?.[1] ?? 0);
}

describe("a Redis that cannot be used", () => {
  const refusedBy = (url: string) =>
    byQueue({ url, program: "squares", version: "1.0.0", run: "x" })(jobsOf(1), new Heard()).then(
      () => expect.unreachable(),
      (problem: Error & { hint: string }) => `${problem.name}: ${problem.message}; ${problem.hint}`,
    );

  test.each([
    ["no URL", "redis", "--queue takes the URL of a Redis"],
    ["another protocol", "http://127.0.0.1", "not http://"],
    ["no host", "redis://", "names no host"],
    ["a password with a bare %", "redis://u:p%@127.0.0.1", "a % that begins no sign; write % as %25"],
    ["a database that is no number", "redis://127.0.0.1/main", 'a number, not "main"'],
    ["a port on which nobody listens", "redis://user:secret@127.0.0.1:1", "nothing listens there; start redis-server"],
    ["no such host", "redis://no-such-host.invalid", "no such host"],
  ])("is refused for %s, and no password is shown", async (_, url, message) => {
    const text = await refusedBy(url);
    expect(text).toContain("ParseError: ");
    expect(text).toContain(message);
    expect(text).not.toContain("secret");
  });

  test.skipIf(!hasRedis)("is refused where the password or the database is wrong", async () => {
    const server = await RedisServer.start("--requirepass", "right");
    try {
      const at = (words: string): string => server.url.replace("//", `//${words}`);
      expect(await refusedBy(server.url)).toContain("it wants a password; the URL is redis://USER:PASSWORD@");
      expect(await refusedBy(at(":wrong@"))).toContain("user or password is wrong");
      expect(await refusedBy(`${at(":right@")}/99`)).toContain("it has no such database");
    } finally {
      await server.end();
    }
  });

  test.skipIf(!hasRedis)("is refused where a password is given that it does not have", async () => {
    const server = await RedisServer.start();
    try {
      const text = await refusedBy(server.url.replace("//", "//:secret@"));
      expect(text).toContain("it has no password, but the URL gives one");
      expect(text).not.toContain("secret");
    } finally {
      await server.end();
    }
  });

  test("is refused where something else answers", async () => {
    const web = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")).listen(0, "127.0.0.1");
    await once(web, "listening");
    try {
      expect(await refusedBy(`redis://127.0.0.1:${(web.address() as { port: number }).port}`)).toContain(
        "is it a Redis",
      );
    } finally {
      web.close();
    }
  });
});
