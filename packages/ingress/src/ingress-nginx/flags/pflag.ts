import { ParseError } from "@kubenetsim/core/runtime/errors";

/** What a flag takes, as Go's flag types are called. */
export type FlagType = "bool" | "string" | "int" | "uint32" | "float32" | "float64" | "duration" | "ip" | "list";

/** Flags by their names without dashes. */
export type FlagTable = Readonly<Record<string, FlagType>>;

/**
 * Reads a command line as spf13/pflag does: `--name=value`, `--name value`, a bool also without a value; words that are no flags are
 * passed over, and nothing behind `--` is read. The last of several counts.
 *
 * @throws ParseError in pflag's words
 * @example readFlags(["--http-port=8080"], { "http-port": "int" }).get("http-port"); // "8080"
 */
export function readFlags(words: readonly string[], table: FlagTable): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === "--") break;
    if (!word.startsWith("-") || word === "-") continue;
    const isLong = word.startsWith("--");
    const [, name = "", given] = /^--?([^=]*)(?:=([\s\S]*))?$/.exec(word)!;
    const type = typeOf(table, name, word, isLong);
    const value = given ?? (type === "bool" ? "true" : words[++i]);
    if (value === undefined) {
      throw new ParseError(isLong ? `flag needs an argument: ${word}` : `flag needs an argument: '${name}' in ${word}`);
    }
    const problem = problemOf(value, type);
    if (problem !== undefined)
      throw new ParseError(`invalid argument "${value}" for "${shown(name)}" flag: ${problem}`);
    values.set(name, value);
  }
  return values;
}

function typeOf(table: FlagTable, name: string, word: string, isLong: boolean): FlagType {
  if (isLong && (name === "" || name.startsWith("-"))) throw new ParseError(`bad flag syntax: ${word}`);
  const type = Object.hasOwn(table, name) && (isLong || name.length === 1) ? table[name] : undefined;
  if (type !== undefined) return type;
  throw new ParseError(isLong ? `unknown flag: --${name}` : `unknown shorthand flag: '${word[1]}' in ${word}`);
}

function shown(name: string): string {
  return name.length === 1 ? `-${name}, --${name}` : `--${name}`;
}

const boolWords: readonly string[] = ["1", "0", "t", "f", "T", "F", "true", "false", "TRUE", "FALSE", "True", "False"];

/** Why a text is no value of the type, in the words of Go's strconv and time. */
function problemOf(value: string, type: FlagType): string | undefined {
  switch (type) {
    case "bool":
      return boolWords.includes(value) ? undefined : `strconv.ParseBool: parsing "${value}": invalid syntax`;
    case "int":
    case "uint32": {
      const parser = type === "int" ? "ParseInt" : "ParseUint";
      const isNumber = type === "int" ? /^[+-]?\d+$/.test(value) : /^\d+$/.test(value);
      return isNumber ? undefined : `strconv.${parser}: parsing "${value}": invalid syntax`;
    }
    case "float32":
    case "float64":
      return value.trim() === value && value !== "" && !Number.isNaN(Number(value))
        ? undefined
        : `strconv.ParseFloat: parsing "${value}": invalid syntax`;
    case "duration":
      return durationMs(value) === undefined ? `time: invalid duration "${value}"` : undefined;
    default:
      return undefined;
  }
}

const unitMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a Go duration such as `1m30s`; undefined for what is none. */
export function durationMs(text: string): number | undefined {
  if (text === "0") return 0;
  const [, sign, rest = ""] = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+)$/.exec(text) ?? [];
  if (rest === "") return undefined;
  let total = 0;
  for (const [, amount, unit] of rest.matchAll(/([\d.]+)(ns|us|µs|ms|s|m|h)/g))
    total += Number(amount) * unitMs[unit!]!;
  return sign === "-" ? -total : total;
}

/** strconv.ParseBool of a text that is one. */
export function isTrue(text: string): boolean {
  return ["1", "t", "T", "true", "TRUE", "True"].includes(text);
}
