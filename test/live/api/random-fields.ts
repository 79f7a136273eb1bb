import type { Random } from "@kubenetsim/core/runtime/random";
import { chance, pick } from "../ipvs/random-draws.ts";

export type Json = null | boolean | number | string | Json[] | { [field: string]: Json };
export type JsonObject = { [field: string]: Json };

/** A field in a share of the cases. */
export function some(random: Random, share: number, field: string, value: (random: Random) => Json): JsonObject {
  return chance(random, share) ? { [field]: value(random) } : {};
}

export function many<T>(random: Random, most: number, value: (random: Random, index: number) => T): T[] {
  return Array.from({ length: random.below(most + 1) }, (_, index) => value(random, index));
}

const words = ["web", "db", "a-b", "x", "front", "v1"];
export const protocols = ["TCP", "UDP", "SCTP"];
export const word = (random: Random): string => pick(random, words);
export const labels = (random: Random): JsonObject => ({ [word(random)]: word(random) });
export const portNumber = (random: Random): number => pick(random, [80, 443, 8080, 53, 1, 65535, 3000]);
export const portReference = (random: Random): Json =>
  chance(random, 0.6) ? portNumber(random) : pick(random, ["http", "dns-tcp", "p"]);
export const seconds = (random: Random): number => pick(random, [1, 60, 10800, 86400]);
