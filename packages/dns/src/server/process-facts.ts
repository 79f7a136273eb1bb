import type { Health, HttpEndpoint } from "../plugins/http-endpoints.ts";
import type { Reload } from "../plugins/reload.ts";
import type { RunningBlock } from "./running-block.ts";

/** What the blocks' plugins say of the whole process. */
export interface ProcessFacts {
  /** How often it looks whether its Corefile has changed; undefined where it never does. */
  readonly reloadIntervalMs: number | undefined;
  /** How long it goes on after it was told to stop. */
  readonly lameduckMs: number;
  /** Where it serves HTTP, by plugin: `health`, `ready`, `prometheus`. Each address once. */
  readonly http: readonly (HttpEndpoint & { readonly plugin: string })[];
}

export function processFacts(blocks: readonly RunningBlock[]): ProcessFacts {
  const offered = <T>(plugin: "health" | "ready" | "prometheus" | "reload"): T[] =>
    blocks.flatMap(({ plugins }) => (plugins.get(plugin)?.offers as T | undefined) ?? []);
  const http = (["health", "ready", "prometheus"] as const).flatMap((plugin) =>
    offered<HttpEndpoint>(plugin).map(({ host, port }) => ({ plugin, host, port })),
  );
  return {
    reloadIntervalMs: offered<Reload>("reload").at(-1)?.intervalMs,
    lameduckMs: Math.max(0, ...offered<Health>("health").map(({ lameduckMs }) => lameduckMs)),
    http: http.filter(
      (one, index) => http.findIndex((other) => other.host === one.host && other.port === one.port) === index,
    ),
  };
}
