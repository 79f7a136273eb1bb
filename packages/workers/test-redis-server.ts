import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Redis } from "ioredis";

/** Whether this machine has one: without it, tests with a real Redis are left out. */
export const hasRedis: boolean = spawnSync("redis-server", ["--version"]).status === 0;
if (!hasRedis) console.warn("not run: redis-server is not here, and with it the tests of the queue");

/** A real redis-server of its own, in a folder that goes with it. */
export class RedisServer {
  readonly port: number;
  readonly #folder: string = mkdtempSync(join(tmpdir(), "kubenetsim-redis-"));
  readonly #words: readonly string[];
  #process: ChildProcess | undefined;

  static async start(...words: readonly string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), words);
    await server.restart();
    return server;
  }

  private constructor(port: number, words: readonly string[]) {
    this.port = port;
    this.#words = words;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again on the same port, with what it has written to its append-only file, if it has one. */
  async restart(): Promise<void> {
    const words = ["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.#folder, "--save", ""];
    this.#process = spawn("redis-server", [...words, ...this.#words], { stdio: "ignore" });
    await until(() => this.#listens());
  }

  async #listens(): Promise<boolean> {
    const socket = connect(this.port, "127.0.0.1");
    const listens = await new Promise<boolean>((answer) => {
      socket.once("connect", () => answer(true)).once("error", () => answer(false));
    });
    socket.destroy();
    return listens;
  }

  /** As when the machine that it is on goes down. */
  async kill(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (process === undefined) return;
    process.kill("SIGKILL");
    await once(process, "exit");
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true });
  }

  client(): Redis {
    const redis = new Redis(this.url, { maxRetriesPerRequest: null, retryStrategy: () => 50 });
    redis.on("error", () => undefined);
    return redis;
  }
}

/** Waits until something holds. */
export async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) await setTimeout(20);
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}
