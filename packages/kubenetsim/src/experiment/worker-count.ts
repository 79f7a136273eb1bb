import { bytesOf, groupOf } from "./cells.ts";
import type { Cell } from "./experiment.ts";

/** What a machine has to give. */
export interface Machine {
  readonly processors: number;
  readonly freeBytes: number;
}

/** A thread loads and compiles for a second or two what it needs: with less work than that of some 60,000 Services it does not pay. */
const smallBytes = 1e9;

/** How many threads are worth it: 1 for small experiments, and no more than have their memory at once. */
export function worthwhileWorkers(cells: readonly Cell[], { processors, freeBytes }: Machine): number {
  const groups = new Map(cells.map((cell) => [groupOf(cell), bytesOf(cell.parameters)]));
  const bytes = [...groups.values()].sort((a, b) => b - a);
  if (bytes.reduce((sum, one) => sum + one, 0) < smallBytes) return 1;
  let count = 0;
  for (let left = freeBytes; count < Math.min(processors, bytes.length); count++) {
    left -= bytes[count]!;
    if (left < 0) break;
  }
  return Math.max(1, count);
}
