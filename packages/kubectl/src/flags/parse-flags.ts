import { CommandError } from "../command-error.ts";
import { type Flag, FlagValues, isBool } from "./flag.ts";

export interface ParsedWords {
  readonly flags: FlagValues;
  /** What is no flag, in order. */
  readonly args: readonly string[];
}

/**
 * Separates flags from arguments, as pflag does: `--name=value`, `--name value`, `-n value`, `-nvalue`, `-it`, `--` before
 * what is no flag.
 *
 * @param hint stands below a complaint
 * @throws CommandError in pflag's words
 */
export function parseFlags(words: readonly string[], known: readonly Flag[], hint: string): ParsedWords {
  const byName = new Map(known.map((flag) => [flag.name, flag]));
  const byShort = new Map(known.flatMap((flag) => (flag.short === undefined ? [] : [[flag.short, flag] as const])));
  const given = new Map<string, string[]>();
  const args: string[] = [];
  const fail = (message: string): CommandError => new CommandError(`error: ${message}\n${hint}`);
  const take = (flag: Flag, text: string, spelled: string): void => {
    const problem = wrongValue(flag, text);
    if (problem !== undefined) throw fail(`invalid argument ${JSON.stringify(text)} for "${spelled}" flag: ${problem}`);
    given.set(flag.name, [...(given.get(flag.name) ?? []), text]);
  };
  const spelledOf = (flag: Flag): string =>
    flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`;

  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word === "--") {
      args.push(...words.slice(at + 1));
      break;
    }
    if (word.startsWith("--")) {
      const [name = "", ...value] = word.slice(2).split("=");
      const flag = byName.get(name);
      if (flag === undefined) throw fail(`unknown flag: --${name}`);
      if (value.length > 0) take(flag, value.join("="), spelledOf(flag));
      else if (bareValue(flag) !== undefined) take(flag, bareValue(flag)!, spelledOf(flag));
      else if (at + 1 < words.length) take(flag, words[++at]!, spelledOf(flag));
      else throw fail(`flag needs an argument: --${name}`);
    } else if (word.startsWith("-") && word.length > 1) {
      at += takeShort(word, words[at + 1]);
    } else args.push(word);
  }
  return { flags: new FlagValues(byName, given), args };

  /** Several letters may stand in one word; returns how many words more were used. */
  function takeShort(word: string, next: string | undefined): number {
    for (let letter = 1; letter < word.length; letter++) {
      const flag = byShort.get(word[letter]!);
      if (flag === undefined) throw fail(`unknown shorthand flag: '${word[letter]}' in ${word}`);
      const rest = word.slice(letter + 1);
      if (rest.startsWith("=")) {
        take(flag, rest.slice(1), spelledOf(flag));
        return 0;
      }
      const bare = bareValue(flag);
      if (bare !== undefined) {
        take(flag, bare, spelledOf(flag));
        continue;
      }
      if (rest !== "") {
        take(flag, rest, spelledOf(flag));
        return 0;
      }
      if (next === undefined) throw fail(`flag needs an argument: '${word[letter]}' in ${word}`);
      take(flag, next, spelledOf(flag));
      return 1;
    }
    return 0;
  }
}

/** @throws CommandError for a flag that is known and not modelled */
export function refuseFlags(known: readonly Flag[], flags: FlagValues): void {
  const refused = known.find(({ name, refusal }) => refusal !== undefined && flags.has(name));
  if (refused === undefined) return;
  throw new CommandError(`error: --${refused.name} is not modelled: ${refused.refusal}`);
}

/** @throws CommandError naming every required flag that is missing */
export function requireFlags(known: readonly Flag[], flags: FlagValues): void {
  const missing = known
    .filter((flag) => flag.required === true && !flags.has(flag.name))
    .map(({ name }) => `"${name}"`);
  if (missing.length > 0) throw new CommandError(`error: required flag(s) ${missing.join(", ")} not set`);
}

function bareValue(flag: Flag): string | undefined {
  return flag.bare ?? (flag.kind === "bool" ? "true" : undefined);
}

function wrongValue(flag: Flag, text: string): string | undefined {
  const quoted = JSON.stringify(text);
  if (flag.kind === "bool") {
    return isBool(text) ? undefined : `strconv.ParseBool: parsing ${quoted}: invalid syntax`;
  }
  if (flag.kind === "int")
    return /^[+-]?\d+$/.test(text) ? undefined : `strconv.ParseInt: parsing ${quoted}: invalid syntax`;
  if (flag.kind === "duration") {
    if (/^[+-]?(0|(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+)$/.test(text)) return undefined;
    return /\d$/.test(text) ? `time: missing unit in duration ${quoted}` : `time: invalid duration ${quoted}`;
  }
  return undefined;
}
