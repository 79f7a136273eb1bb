import { ParseError } from "@kubenetsim/core/runtime/errors";

/** One of `of` parts, from 1: the jobs whose index leaves `number - 1` when divided by `of`. */
export interface Shard {
  readonly number: number;
  readonly of: number;
}

export const wholeShard: Shard = { number: 1, of: 1 };

/** @param index from 0 */
export function isInShard(index: number, { number, of }: Shard): boolean {
  return index % of === number - 1;
}

/**
 * What `--shard` says; all where it is not given.
 *
 * @throws ParseError for anything but I/N with I from 1 to N, N at most 999,999
 */
export function readShard(text: string | undefined): Shard {
  if (text === undefined) return wholeShard;
  const [, number = 0, of = 0] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).map(Number);
  if (number >= 1 && number <= of) return { number, of };
  throw new ParseError(`--shard takes I/N with I from 1 to N, not "${text}"`, { hint: "for example --shard 1/4" });
}
