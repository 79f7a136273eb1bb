import type { Random } from "@kubenetsim/core/runtime/random";
import { chance } from "./random-draws.ts";

/** How often what happens: percent of the events; what they leave over opens connections. */
export interface Habits {
  readonly end: number;
  readonly addServer: number;
  readonly removeServer: number;
  readonly setWeight: number;
  readonly edit: number;
  readonly reopen: number;
  readonly configure: number;
}

const mixed: Habits = { end: 20, addServer: 5, removeServer: 4, setWeight: 8, edit: 4, reopen: 6, configure: 2 };

/** Sets that grow, lose members to the trash, and are cut down there. */
const growing: Habits = { end: 30, addServer: 8, removeServer: 9, setWeight: 10, edit: 0, reopen: 2, configure: 2 };

/** Servers come and go all the time. */
const restless: Habits = { end: 15, addServer: 16, removeServer: 14, setWeight: 15, edit: 3, reopen: 3, configure: 2 };

/** What brings out most of a scheduler. */
export function habitsOf(random: Random, scheduler: string, shrinks: boolean): Habits {
  if (shrinks || (scheduler === "lblc" && chance(random, 0.5))) return growing;
  return chance(random, 0.2) ? restless : mixed;
}
