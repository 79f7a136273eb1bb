import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { ParseError, type SourcePosition } from "@kubenetsim/core/runtime/errors";
import { isPrintable } from "@kubenetsim/core/runtime/is-printable";

/** A file's value, what messages call it, and where in its text a field stands, if that is known. */
export interface FieldSource {
  readonly name: string;
  readonly positionOf?: ((path: readonly (string | number)[]) => SourcePosition) | undefined;
}

export type Fields = Readonly<Record<string, unknown>>;

/** A value in a file, read with messages that say where it stands. */
export class FieldPlace {
  readonly value: unknown;
  readonly #source: FieldSource;
  readonly #path: readonly (string | number)[];

  constructor(value: unknown, source: FieldSource, path: readonly (string | number)[] = []) {
    this.value = value;
    this.#source = source;
    this.#path = path;
  }

  /** Is there nothing? */
  get isAbsent(): boolean {
    return this.value === undefined;
  }

  /** @param position where the trouble stands, if not where the value does */
  problem(message: string, hint?: string, position: SourcePosition | undefined = this.#position): ParseError {
    return new ParseError(`${this.#pathText(position !== undefined)}${message}`, {
      ...(hint === undefined ? {} : { hint }),
      ...(position === undefined ? {} : { position }),
    });
  }

  get #position(): SourcePosition | undefined {
    return this.#source.positionOf?.(this.#path);
  }

  /** `mine.yaml: vary.services[0]: `, without the file where its position is told anyway. */
  #pathText(hasPosition: boolean): string {
    const path = this.#path.reduce<string>(
      (text, part) => (typeof part === "number" ? `${text}[${part}]` : text === "" ? part : `${text}.${part}`),
      "",
    );
    return [hasPosition ? "" : this.#source.name, path]
      .filter((part) => part !== "")
      .map((part) => `${part}: `)
      .join("");
  }

  /** What the value is called in messages of others. */
  get text(): string {
    return this.#pathText(false).replace(/: $/, "");
  }

  /** A field of an object that has no others than these. */
  field(name: string): FieldPlace {
    return new FieldPlace((this.value as Fields)[name], this.#source, [...this.#path, name]);
  }

  object(known: readonly string[]): FieldPlace {
    const { value } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw this.problem("must be an object");
    for (const key of Object.keys(value)) {
      if (!known.includes(key))
        throw this.problem(`unknown field "${key}"`, hintFor(key, known), this.#at(key).#position);
    }
    return this;
  }

  #at(key: string | number): FieldPlace {
    return new FieldPlace((this.value as Fields)[key], this.#source, [...this.#path, key]);
  }

  list(): FieldPlace[] {
    const { value } = this;
    if (!Array.isArray(value)) throw this.problem("must be a list");
    if (value.length === 0) throw this.problem("the list is empty", "give it a value");
    return value.map((_, i) => this.#at(i));
  }

  /** A list, or one value in the place of one. */
  oneOrMore(): FieldPlace[] {
    return Array.isArray(this.value) ? this.list() : [this];
  }

  word<T extends string>(words: readonly T[]): T {
    const found = words.find((word) => word === this.value);
    if (found !== undefined) return found;
    throw this.problem(`there is no ${JSON.stringify(this.value) ?? "value"}`, hintFor(this.value, words));
  }

  number(): number {
    if (typeof this.value === "number" && Number.isFinite(this.value)) return this.value;
    throw this.problem("must be a number");
  }

  /** A text that can be printed as it is. */
  line(): string {
    if (typeof this.value !== "string" || this.value.trim() === "")
      throw this.problem("must be a text that is not empty");
    if (!isPrintable(this.value)) throw this.problem("must be one line of text without control characters");
    return this.value;
  }
}

function hintFor(value: unknown, known: readonly string[]): string {
  const meant = typeof value === "string" ? nearestWord(value, known) : undefined;
  return meant === undefined ? `there are ${known.join(", ")}` : `did you mean ${meant}?`;
}
