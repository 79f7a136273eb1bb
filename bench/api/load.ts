import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Watcher } from "./watcher.ts";
import { Writer } from "./writer.ts";

export interface LoadOptions {
  readonly watchers: number;
  readonly writesPerSecond: number;
  readonly seconds: number;
  /** Services that are listed at the end. */
  readonly listed: number;
}

export interface LoadResult {
  readonly writes: number;
  readonly refused: readonly string[];
  /** Of all watchers together; `writes` times the watchers, when none is lost. */
  readonly events: number;
  readonly eventsExpected: number;
  readonly disordered: number;
  readonly watchesBroken: number;
  readonly seconds: number;
  readonly writeMsMedian: number;
  readonly writeMs99: number;
  readonly listMs: number;
  readonly listedItems: number;
  readonly heapBeforeBytes: number;
  readonly heapAfterBytes: number;
  /** Of the server, from the first to the last write. */
  readonly serverCpuSeconds: number;
}

/** Writers at once; each waits for its answer before it writes again. */
const writerCount = 32;
/** No longer than this is waited for what the watchers have not got yet. */
const drainMs = 30_000;

/**
 * Loads a server of its own on the loopback device: watchers of all Services, and writes at a given pace for some seconds.
 * Ends by itself.
 */
export async function loadServer(options: LoadOptions): Promise<LoadResult> {
  const server = await startServer();
  try {
    await warmUp(server);
    const before = await server.usage();
    const watched = await underLoad(server.url, options);
    const serverCpuSeconds = (await server.usage()).cpuSeconds - before.cpuSeconds;
    await server.later();
    const after = await server.usage();
    const heap = { heapBeforeBytes: before.heapBytes, heapAfterBytes: after.heapBytes };
    const { listMs, listedItems } = await listMany(server.url, options.listed);
    return { ...watched, ...heap, listMs, listedItems, serverCpuSeconds };
  } finally {
    await server.end();
  }
}

interface Usage {
  readonly heapBytes: number;
  readonly cpuSeconds: number;
}

interface LoadedServer {
  readonly url: string;
  usage(): Promise<Usage>;
  later(): Promise<void>;
  end(): Promise<void>;
}

async function startServer(): Promise<LoadedServer> {
  const script = fileURLToPath(new URL("./load-server.js", import.meta.url));
  const child = fork(script, {
    execArgv: ["--expose-gc"],
  });
  const { url } = await answer<{ url: string }>(child);
  return {
    url,
    usage: async () => {
      child.send("memory");
      return answer<Usage>(child);
    },
    later: async () => {
      await pause(500);
      child.send("later");
      await pause(500);
    },
    end: async () => {
      const gone = once(child, "exit");
      child.send("end");
      await gone;
    },
  };
}

async function answer<T>(child: ChildProcess): Promise<T> {
  const [message] = await once(child, "message");
  return message as T;
}

/** What is made once, such as compiled code and connections, is there before memory is looked at. */
async function warmUp(server: LoadedServer): Promise<void> {
  await underLoad(server.url, { watchers: 20, writesPerSecond: 500, seconds: 3, listed: 0 });
  await server.later();
}

type Watched = Omit<LoadResult, "listMs" | "listedItems" | "heapBeforeBytes" | "heapAfterBytes" | "serverCpuSeconds">;

async function underLoad(url: string, options: LoadOptions): Promise<Watched> {
  const watchers = Array.from({ length: options.watchers }, () => new Watcher());
  const from = await revisionOf(url);
  await Promise.all(watchers.map((watcher) => watcher.start(`${url}/api/v1/services?watch=1&resourceVersion=${from}`)));
  const writers = Array.from({ length: writerCount }, (_, id) => new Writer(url, `r${from}-${id}`));
  const begun = performance.now();
  await writeAtPace(writers, options);
  const seconds = (performance.now() - begun) / 1000;
  const writes = writers.reduce((sum, { done }) => sum + done, 0);
  await until(() => watchers.every(({ events }) => events >= writes));
  const events = watchers.reduce((sum, watcher) => sum + watcher.events, 0);
  const latencies = writers.flatMap(({ latenciesMs }) => latenciesMs).sort((a, b) => a - b);
  const watchesBroken = watchers.filter(({ ended }) => ended).length;
  for (const watcher of watchers) watcher.stop();
  for (const writer of writers) writer.close();
  return {
    writes,
    refused: writers.flatMap(({ refused }) => refused),
    events,
    eventsExpected: writes * watchers.length,
    disordered: watchers.reduce((sum, { disordered }) => sum + disordered, 0),
    watchesBroken,
    seconds,
    writeMsMedian: latencies[Math.floor(latencies.length / 2)] ?? 0,
    writeMs99: latencies[Math.floor(latencies.length * 0.99)] ?? 0,
  };
}

/** Where a list of now ends. */
async function revisionOf(url: string): Promise<string> {
  const { metadata } = (await (await fetch(`${url}/api/v1/services?limit=1`)).json()) as {
    metadata: { resourceVersion: string };
  };
  return metadata.resourceVersion;
}

/** Each writer takes the next write when its time has come and its own last one is done; what is late is not dropped. */
async function writeAtPace(writers: readonly Writer[], { writesPerSecond, seconds }: LoadOptions): Promise<void> {
  const total = writesPerSecond * seconds;
  const begun = performance.now();
  let next = 0;
  await Promise.all(
    writers.map(async (writer) => {
      while (next < total) {
        const dueMs = begun + (next++ * 1000) / writesPerSecond;
        const waitMs = dueMs - performance.now();
        if (waitMs > 1) await pause(waitMs);
        await writer.write();
      }
    }),
  );
}

async function listMany(url: string, count: number): Promise<{ listMs: number; listedItems: number }> {
  if (count === 0) return { listMs: 0, listedItems: 0 };
  const body = (i: number): string =>
    JSON.stringify({
      metadata: { name: `s${i}` },
      spec: { clusterIP: "None", selector: { app: `s${i}` }, ports: [{ port: 80 }] },
    });
  for (let from = 0; from < count; from += 100) {
    await Promise.all(
      Array.from({ length: Math.min(100, count - from) }, (_, i) =>
        fetch(`${url}/api/v1/namespaces/default/services`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: body(from + i),
        }).then((response) => response.arrayBuffer()),
      ),
    );
  }
  await pause(1000);
  const times: number[] = [];
  let listedItems = 0;
  for (let i = 0; i < 5; i++) {
    const begun = performance.now();
    const text = await (await fetch(`${url}/api/v1/services`)).text();
    times.push(performance.now() - begun);
    listedItems = (JSON.parse(text) as { items: unknown[] }).items.length;
  }
  return { listMs: times.sort((a, b) => a - b)[2]!, listedItems };
}

async function until(holds: () => boolean): Promise<void> {
  const giveUp = performance.now() + drainMs;
  while (!holds() && performance.now() < giveUp) await pause(20);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
