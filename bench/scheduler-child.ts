import { schedulers } from "@kubenetsim/schedulers/schedulers";
import { openBlocks } from "./director-load.ts";
import { type Block, nsBlock } from "./harness.ts";
import { chooseLoop, indexLoop, metChooseLoop } from "./round-robin-limit.ts";
import { interleave } from "./rounds.ts";
import { busyServers, missLoop, overburdenedServers, pickLoop } from "./scheduler-load.ts";

/**
 * `node scheduler-child.js KIND NAME SIZES ROUNDS`: one scheduler in a process of its own, for an engine that has met several
 * of them compiles slower code for all. Prints a row of nanoseconds for each round.
 */
const [kind, name, sizesText, roundsText] = process.argv.slice(2);
const sizes = sizesText!.split(",").map(Number);

/** About ten milliseconds of work. */
const blockNs = 10_000_000;

function sized(work: (count: number) => number): Block {
  let count = 16;
  let spent = 0;
  while (spent < blockNs / 2) {
    count *= 2;
    spent = nsBlock(count, work)() * count;
  }
  return nsBlock(count, work);
}

const kinds: Readonly<Record<string, () => readonly Block[]>> = {
  picks: () => sizes.map((size) => sized(pickLoop(schedulers[name!]!, busyServers(size)))),
  misses: () => sizes.map((size) => sized(missLoop(schedulers[name!]!, busyServers(size)))),
  relief: () => sizes.map((size) => sized(pickLoop(schedulers[name!]!, overburdenedServers(size)))),
  opens: () => openBlocks(name!, sizes),
  met: () => sizes.flatMap((size) => [sized(metChooseLoop(size)), sized(indexLoop(size))]),
  loop: () => sizes.flatMap((size) => [sized(chooseLoop(size)), sized(indexLoop(size))]),
};

const blocks = kinds[kind!]!();
interleave(blocks, 3);
console.log(JSON.stringify(interleave(blocks, Number(roundsText))));
