import type { Program } from "../program.ts";
import { echo } from "./echo.ts";
import { grep } from "./grep.ts";
import { cat, head, sort, tail, uniq, wc } from "./lines.ts";
import { sed } from "./sed/sed.ts";

/** What takes texts to pieces, on every machine. */
export const textPrograms: readonly (readonly [string, Program])[] = [
  ["cat", cat],
  ["echo", echo],
  ["grep", grep],
  ["egrep", (args, input) => grep(["-E", ...args], input)],
  ["fgrep", (args, input) => grep(["-F", ...args], input)],
  ["head", head],
  ["sed", sed],
  ["sort", sort],
  ["tail", tail],
  ["uniq", uniq],
  ["wc", wc],
];
