/** A word of zone text. */
export interface ZoneWord {
  /** Escapes are kept, quotes are not. */
  readonly text: string;
  readonly quoted: boolean;
  readonly line: number;
  /** Where the real parser is when it has read the word: at the character that ends it, but not at the end of a line. */
  readonly column: number;
}

/** A line of zone text; parentheses put several into one. */
export interface ZoneLine {
  /** True where it begins with blanks: its owner is that of the line before. */
  readonly indented: boolean;
  readonly words: readonly ZoneWord[];
}

/** Says what is wrong, in the words of the real parser, and where. */
export type ZoneFail = (problem: string, word: ZoneWord) => Error;

/**
 * The lines of zone text that are not empty (RFC 1035, section 5.1; miekg/dns scan.go).
 *
 * @throws what `fail` makes of parentheses and quotes that do not match
 */
export function zoneLines(text: string, fail: ZoneFail): ZoneLine[] {
  const lines: ZoneLine[] = [];
  const reading: Reading = { text, index: 0, line: 1, lineStart: 0 };
  let words: ZoneWord[] = [];
  let depth = 0;
  let indented = /^[ \t]/.test(text);
  const endLine = (): void => {
    if (words.length > 0) lines.push({ indented, words });
    words = [];
    indented = /[ \t]/.test(text[reading.index] ?? "");
  };
  while (reading.index < text.length) {
    const char = text[reading.index]!;
    if (char === ";") skipComment(reading);
    else if (char === "\n") {
      nextLine(reading);
      if (depth === 0) endLine();
    } else if (char === " " || char === "\t" || char === "\r") reading.index++;
    else if (char === "(" || char === ")") {
      depth += char === "(" ? 1 : -1;
      if (depth < 0) throw fail("extra closing brace", at(reading, ")"));
      reading.index++;
    } else words.push(char === '"' ? quotedWord(reading, fail) : plainWord(reading));
  }
  if (depth > 0) throw fail("unbalanced brace", at(reading, ""));
  endLine();
  return lines;
}

interface Reading {
  readonly text: string;
  index: number;
  line: number;
  lineStart: number;
}

function at({ line, index, lineStart }: Reading, text: string): ZoneWord {
  return { text, quoted: false, line, column: index - lineStart + 1 };
}

function nextLine(reading: Reading): void {
  reading.index++;
  reading.line++;
  reading.lineStart = reading.index;
}

function skipComment(reading: Reading): void {
  while (reading.index < reading.text.length && reading.text[reading.index] !== "\n") reading.index++;
}

function plainWord(reading: Reading): ZoneWord {
  const start = reading.index;
  const begin = at(reading, "");
  while (reading.index < reading.text.length && !/[\s;()"]/.test(reading.text[reading.index]!)) {
    reading.index += reading.text[reading.index] === "\\" ? 2 : 1;
  }
  reading.index = Math.min(reading.index, reading.text.length);
  const next = reading.text[reading.index];
  const end = reading.index - reading.lineStart;
  const column = next === undefined || next === "\n" ? end : end + 1;
  return { ...begin, column, text: reading.text.slice(start, reading.index) };
}

function quotedWord(reading: Reading, fail: ZoneFail): ZoneWord {
  const begin = at(reading, "");
  const start = ++reading.index;
  for (; reading.text[reading.index] !== '"'; reading.index++) {
    if (reading.index >= reading.text.length) throw fail("unbalanced quotes", begin);
    if (reading.text[reading.index] === "\\") reading.index++;
    if (reading.text[reading.index] === "\n") {
      reading.line++;
      reading.lineStart = reading.index + 1;
    }
  }
  const text = reading.text.slice(start, reading.index++);
  return { ...begin, text, quoted: true };
}
