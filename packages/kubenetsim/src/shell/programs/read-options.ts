import { UnsupportedError } from "@kubenetsim/core/runtime/errors";

/** The options of a program: letters, and for each whether a value follows; long names stand for letters. */
export interface OptionTable {
  readonly program: string;
  /** `vic` */
  readonly flags: string;
  /** Letters that take a value: `-n 3`, `-n3`. */
  readonly values?: string;
  /** `count` → `c`. */
  readonly long?: Readonly<Record<string, string>>;
}

export interface Options {
  has(letter: string): boolean;
  /** Of every time that it was given. */
  values(letter: string): readonly string[];
  /** Of the last time that it was given. */
  value(letter: string): string | undefined;
  readonly operands: readonly string[];
}

/**
 * Options and operands in any order, as getopt_long reads them; `--` ends the options.
 *
 * @throws UnsupportedError for an option that is not in the table
 */
export function readOptions(args: readonly string[], table: OptionTable): Options {
  const flags = new Set<string>();
  const values = new Map<string, string[]>();
  const operands: string[] = [];
  const { values: valued = "", long = {} } = table;
  const take = (letter: string, shown: string, given: string | undefined, next: () => string | undefined): void => {
    if (table.flags.includes(letter) && given === undefined) flags.add(letter);
    else if (valued.includes(letter)) {
      const value = given ?? next() ?? refuse(`${shown} without a value`, table);
      values.set(letter, [...(values.get(letter) ?? []), value]);
    } else refuse(shown, table);
  };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    const next = (): string | undefined => args[++i];
    if (arg === "--") {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (arg.startsWith("--")) {
      const [name = "", given] = splitOnce(arg.slice(2));
      take(long[name] ?? "?", `--${name}`, given, next);
    } else if (arg.startsWith("-") && arg.length > 1) takeLetters(arg, valued, next, take);
    else operands.push(arg);
  }
  return {
    has: (letter) => flags.has(letter),
    values: (letter) => values.get(letter) ?? [],
    value: (letter) => values.get(letter)?.at(-1),
    operands,
  };
}

/** `-vn3`: letters without values, then one that takes what is left. */
function takeLetters(
  arg: string,
  valued: string,
  next: () => string | undefined,
  take: (letter: string, shown: string, given: string | undefined, next: () => string | undefined) => void,
): void {
  for (let at = 1; at < arg.length; at++) {
    const letter = arg[at]!;
    const rest = arg.slice(at + 1);
    const takesRest = valued.includes(letter);
    take(letter, `-${letter}`, takesRest && rest !== "" ? rest : undefined, next);
    if (takesRest) return;
  }
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf("=");
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function refuse(what: string, { program, flags, values = "", long = {} }: OptionTable): never {
  const known = [...flags, ...values].map((letter) => `-${letter}`);
  const names = Object.keys(long).map((name) => `--${name}`);
  throw new UnsupportedError(
    `${program} ${what}`,
    `${program} knows ${[...known, ...names].join(" ") || "no options"}`,
  );
}
