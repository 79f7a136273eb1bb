import { ParseError } from "@kubenetsim/core/runtime/errors";

/** What may be inserted into a command line: each value is one word, or a part of one, whatever characters are in it. */
export type ShellValue = string | number;

/** Stands in the text where a value was inserted. */
export const placeholder = "\0";

/** A command line before it is read: its text, and what was inserted into it. */
export interface CommandSource {
  readonly text: string;
  /** The value whose placeholder stands at this index. */
  valueAt(index: number): string;
}

/**
 * The source of a template literal, with its backslashes as they were written, or of a string.
 *
 * @throws ParseError for a text with a NUL character, and for a value that is neither text nor number
 */
export function commandSource(line: TemplateStringsArray | string, values: readonly ShellValue[] = []): CommandSource {
  const parts = typeof line === "string" ? [line] : line.raw;
  if (parts.some((part) => part.includes(placeholder))) throw new ParseError("a command line holds no NUL characters");
  const inserted = new Map<number, string>();
  let text = parts[0] ?? "";
  for (const [i, value] of values.entries()) {
    if (typeof value !== "string" && typeof value !== "number") {
      throw new ParseError(`a command takes texts and numbers, not ${JSON.stringify(value)}`);
    }
    inserted.set(text.length, String(value));
    text += placeholder + (parts[i + 1] ?? "");
  }
  return { text, valueAt: (index) => inserted.get(index) ?? "" };
}

/** With a program's name before it, unless it begins with that name, or with variables for it. */
export function withProgram(name: string, source: CommandSource): CommandSource {
  const { text, valueAt } = source;
  const start = /^\s*/.exec(text)![0].length;
  if (new RegExp(`^(?:[A-Za-z_]\\w*=|${name}(?:\\s|$))`).test(text.slice(start))) return source;
  const prefix = `${name} `;
  return {
    text: text.slice(0, start) + prefix + text.slice(start),
    valueAt: (index) => valueAt(index - prefix.length),
  };
}
