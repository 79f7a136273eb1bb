import { escaped } from "./yaml-scalar.ts";

// How go.yaml.in/yaml/v2 breaks texts into lines: emitterc.go.

/** Behind this column the next blank becomes a line end. */
const bestWidth = 80;
const lineEnd = /[\n\r\u0085\u2028\u2029]/;

/** Where a text begins, and how far its next lines are indented. */
export interface TextPlace {
  readonly column: number;
  readonly indent: number;
  /** Keys stand on one line. */
  readonly folds: boolean;
}

export function plainText(text: string, place: TextPlace): string {
  const writer = new LineWriter(place);
  const chars = [...text];
  for (const [i, char] of chars.entries()) {
    if (char === " ") writer.blank(chars[i + 1] !== " ");
    else writer.put(char);
  }
  return writer.text;
}

export function singleQuoted(text: string, place: TextPlace): string {
  const writer = new LineWriter(place);
  const chars = [...text];
  writer.put("'");
  for (const [i, char] of chars.entries()) {
    if (char === " ") writer.blank(i > 0 && i < chars.length - 1 && chars[i + 1] !== " ");
    else if (lineEnd.test(char)) writer.lineEnd(char);
    else writer.put(char === "'" ? "''" : char);
  }
  return `${writer.text}'`;
}

export function doubleQuoted(text: string, place: TextPlace): string {
  const writer = new LineWriter(place);
  const chars = [...text];
  // The emitter looks for the byte order mark at the text's beginning, whichever character it is at.
  const all = chars[0] === "\ufeff";
  writer.put('"');
  for (const [i, char] of chars.entries()) {
    if (char !== " " || all) writer.put(escaped(char, all));
    else if (writer.blank(i > 0 && i < chars.length - 1) && chars[i + 1] === " ") writer.put("\\", true);
  }
  return `${writer.text}"`;
}

/** `|` and the lines below it, without the last line end. */
export function literalBlock(text: string, indent: number): string {
  const hint = /^[ \n\r\u0085\u2028\u2029]/.test(text) ? "2" : "";
  const ends = /[\n\r\u0085\u2028\u2029]*$/.exec(text)![0].length;
  const chomp = ends === 0 ? "-" : ends > 1 || text.length === 1 ? "+" : "";
  const pad = " ".repeat(indent);
  const lines = (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
  const indented = lines.map((line) =>
    (line === "" || /^[\u2028\u2029]/.test(line) ? line : pad + line).replace(
      /(?<=[\u2028\u2029])(?=[^\u2028\u2029])/g,
      pad,
    ),
  );
  return [`|${hint}${chomp}`, ...indented].join("\n");
}

class LineWriter {
  text = "";
  readonly #place: TextPlace;
  #column: number;
  #afterBlank = false;
  #afterEnd = false;

  constructor(place: TextPlace) {
    this.#place = place;
    this.#column = place.column;
  }

  put(text: string, keepsBlank = false): void {
    if (this.#afterEnd) this.#indent("");
    for (const _ of text) this.#column++;
    this.text += text;
    this.#afterBlank = keepsBlank;
    this.#afterEnd = false;
  }

  /** A blank, or a line end in its place; true for that. */
  blank(mayEndLine: boolean): boolean {
    const ends = mayEndLine && this.#place.folds && !this.#afterBlank && this.#column > bestWidth;
    if (ends) this.#indent("\n");
    else {
      this.text += " ";
      this.#column++;
    }
    this.#afterBlank = true;
    return ends;
  }

  /** A line end of the text itself. */
  lineEnd(char: string): void {
    this.text += char;
    this.#column = 0;
    this.#afterEnd = true;
  }

  #indent(before: string): void {
    this.text += before + " ".repeat(this.#place.indent);
    this.#column = this.#place.indent;
  }
}
