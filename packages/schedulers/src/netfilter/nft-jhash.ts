import { draw } from "../chance.ts";
import type { Request, Scheduler } from "../scheduler.ts";
import { jhash, networkWord } from "./jhash.ts";
import { reciprocalScale, scaledOdds } from "./reciprocal-scale.ts";
import { type RulesState, ruleScheduler } from "./rule-scheduler.ts";

export interface JhashState extends RulesState {
  /** 32 bits; null until the first packet, for rules that name none. */
  readonly seed: number | null;
}

export interface JhashRule {
  /** `seed 0x…`, 32 bits; without one every new rule draws its own. */
  readonly seed?: number;
  /** `jhash ip saddr . th sport`; false: `jhash ip saddr`. */
  readonly withPort?: boolean;
}

const name = "nft/jhash";

/**
 * `jhash ip saddr . th sport mod n [seed 0x…] map { 0 : …, 1 : … }`: the client's address (and port) as they stand in the
 * registers, hashed, scaled (net/netfilter/nft_hash.c, nft_jhash_eval). The same client comes to the same server as long as
 * the rule stands. Without a seed a new rule draws one (the kernel as the rule is made, here at its first packet), so that
 * each change of the servers deals all clients anew.
 *
 * @throws RangeError when the seed has more than 32 bits
 * @example nftJhashOf({ seed: 0xdeadbeef }).choose(state, servers, request).index
 */
export function nftJhashOf({ seed, withPort = true }: JhashRule): Scheduler<JhashState> {
  if (seed !== undefined && seed !== seed >>> 0) throw new RangeError(`a seed has 32 bits, unlike ${seed}`);
  return ruleScheduler<JhashState>(name, {
    write: (targets) => ({ targets, seed: seed ?? null }),
    pick: (state, request) => {
      const used = state.seed ?? Math.floor(draw(request, name) * 2 ** 32);
      return {
        state: state.seed === null ? { ...state, seed: used } : state,
        position: reciprocalScale(hashOf(request, withPort, used), state.targets.length),
        examined: 1,
      };
    },
    odds: scaledOdds,
  });
}

/** `jhash ip saddr . th sport mod n`, with a seed that is drawn. */
export const nftJhash: Scheduler<JhashState> = nftJhashOf({});

const registers = new Int32Array(5);

function hashOf({ sourceAddress, sourcePort }: Request, withPort: boolean, seed: number): number {
  let count = 0;
  for (const word of sourceAddress) registers[count++] = networkWord(word);
  if (withPort) registers[count++] = networkWord(sourcePort << 16);
  return jhash(registers, count * 4, seed);
}
