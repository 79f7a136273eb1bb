/** How a flag takes its values, by pflag's names. */
export type FlagKind = "bool" | "string" | "int" | "stringSlice" | "stringArray" | "duration";

/** A flag of a command (github.com/spf13/pflag). */
export interface Flag {
  readonly name: string;
  readonly short?: string;
  readonly kind: FlagKind;
  /** What it is when it is not given; "" , false, 0 or none unless said. */
  readonly initial?: string;
  /** What it is when it is given without a value: `--dry-run`. */
  readonly bare?: string;
  readonly required?: boolean;
  /** The real kubectl has it, and here it is refused by name: why. */
  readonly refusal?: string;
}

/** The flags of one command line: each with its texts in the order given. */
export class FlagValues {
  readonly #flags: ReadonlyMap<string, Flag>;
  readonly #given: ReadonlyMap<string, readonly string[]>;

  constructor(flags: ReadonlyMap<string, Flag>, given: ReadonlyMap<string, readonly string[]>) {
    this.#flags = flags;
    this.#given = given;
  }

  /** Was it on the command line? */
  has(name: string): boolean {
    return this.#given.has(name);
  }

  text(name: string): string {
    return this.#given.get(name)?.at(-1) ?? this.#flags.get(name)?.initial ?? "";
  }

  flag(name: string): boolean {
    const text = this.#given.get(name)?.at(-1) ?? this.#flags.get(name)?.initial ?? "false";
    return isTrue(text);
  }

  number(name: string): number {
    return Number(this.text(name) || "0");
  }

  /** A slice splits each value at its commas, an array takes each as it is. */
  list(name: string): readonly string[] {
    const given = this.#given.get(name) ?? [];
    return this.#flags.get(name)?.kind === "stringSlice" ? given.flatMap(splitCommas) : given;
  }
}

/** Go's strconv.ParseBool. */
export function isTrue(text: string): boolean {
  return ["1", "t", "T", "true", "TRUE", "True"].includes(text);
}

export function isBool(text: string): boolean {
  return isTrue(text) || ["0", "f", "F", "false", "FALSE", "False"].includes(text);
}

/** One line of CSV, as pflag reads a slice: a value in double quotes may hold commas. */
function splitCommas(text: string): string[] {
  if (text === "") return [];
  const parts: string[] = [];
  for (const [, quoted, plain] of text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    parts.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
  }
  return parts;
}
