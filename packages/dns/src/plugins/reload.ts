import { durationOf } from "../corefile/duration.ts";
import type { PluginDefinition } from "./plugin.ts";

/** What `reload` offers: how often the server looks whether its Corefile has changed. */
export interface Reload {
  /** With the jitter already in it, which is drawn once at the start. */
  readonly intervalMs: number;
}

/** Takes a changed Corefile up (plugin/reload). */
export const reload: PluginDefinition = {
  name: "reload",
  setup: (setup) => {
    const words = setup.words();
    const duration = (text: string): number => durationOf(text, (problem) => words.plainErr(problem));
    words.next();
    const args = words.remainingArgs();
    if (args.length > 2) throw words.argErr();
    const intervalMs = args[0] === undefined ? 30_000 : duration(args[0]);
    if (intervalMs < 2000) throw words.plainErr("interval value must be greater or equal to 2s");
    const jitterMs = args[1] === undefined ? 15_000 : duration(args[1]);
    if (jitterMs !== 0 && jitterMs < 1000) throw words.plainErr("jitter value must be 0 or greater or equal to 1s");
    const limited = jitterMs > 0 ? Math.min(jitterMs, intervalMs / 2) : 0;
    const drawn = limited === 0 ? 0 : (setup.surroundings.random.fork("reload").next() - 0.5) * limited;
    return { offers: { intervalMs: intervalMs + drawn } satisfies Reload };
  },
};
