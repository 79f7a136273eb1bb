import { setTimeout } from "node:timers/promises";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { reasonOf } from "../job.ts";

export type Ending = "done" | "late" | "interrupted" | { readonly refused: string };

/** How work on Redis goes, which waits for as long as Redis is away. @throws ParseError of the work */
export async function endingOf(
  work: Promise<void>,
  ms: number,
  interruption: AbortSignal | undefined,
): Promise<Ending> {
  const over = new AbortController();
  const signal = interruption === undefined ? over.signal : AbortSignal.any([over.signal, interruption]);
  const late = setTimeout(ms, "late" as const, { signal }).catch(() => "interrupted" as const);
  const done = work.then(
    () => "done" as const,
    (problem: unknown) => {
      if (problem instanceof ParseError) throw problem;
      return { refused: reasonOf(problem) };
    },
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    over.abort();
  }
}
