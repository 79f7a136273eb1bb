import type { Server } from "./scheduler.ts";

/** ipvsadm's and the kernel's: a weight is a C `int`. */
const largestWeight = 2 ** 31 - 1;

/** @throws RangeError unless it is a whole number from 0 to 2147483647. */
export function checkWeight(weight: number): number {
  if (Number.isInteger(weight) && weight >= 0 && weight <= largestWeight) return weight;
  throw new RangeError(`a weight is a whole number from 0 to ${largestWeight}, not ${weight}`);
}

/**
 * For schedulers that measure or count down weights, where they take the list: with another number they would never end.
 *
 * @throws RangeError unless each weight is a whole number from 0 to 2147483647.
 */
export function checkWeights<T extends Server>(servers: readonly T[]): readonly T[] {
  for (const { weight, lastWeight } of servers) {
    checkWeight(weight);
    checkWeight(lastWeight);
  }
  return servers;
}
