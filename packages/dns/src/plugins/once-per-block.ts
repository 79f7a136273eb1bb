import type { Dispenser } from "../corefile/dispenser.ts";

/**
 * Goes through the words of a plugin that a block can have once: `read` is at its name (plugin.ErrOnce).
 *
 * @throws ParseError where a second line of it, or a word that its first line does not take, follows
 */
export function oncePerBlock(words: Dispenser, read: () => void): void {
  for (let count = 0; words.next(); count++) {
    if (count > 0) throw words.plainErr("this plugin can only be used once per Server Block");
    read();
  }
}

/** @throws ParseError where anything follows a plugin's name on its line */
export function noArguments(words: Dispenser): void {
  words.next();
  if (words.nextArg()) throw words.argErr();
}
