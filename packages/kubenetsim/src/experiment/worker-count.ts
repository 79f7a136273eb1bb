import { bytesOf } from "./cells.ts";
import type { Cell } from "./experiment.ts";

/** What a machine has to give. */
export interface Machine {
  readonly processors: number;
  readonly freeBytes: number;
}

/** A thread takes half a second to load what it needs: with less work than that of some 30,000 Services it does not pay. */
const smallBytes = 0.5e9;

/** How many threads are worth it: 1 for small experiments, and no more than have their memory at once. */
export function worthwhileWorkers(cells: readonly Cell[], { processors, freeBytes }: Machine): number {
  const bytes = cells.map(({ parameters }) => bytesOf(parameters)).sort((a, b) => b - a);
  if (bytes.reduce((sum, one) => sum + one, 0) < smallBytes) return 1;
  let count = 0;
  for (let left = freeBytes; count < Math.min(processors, bytes.length); count++) {
    left -= bytes[count]!;
    if (left < 0) break;
  }
  return Math.max(1, count);
}
