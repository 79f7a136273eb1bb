export const sansFont = "system-ui, -apple-system, Segoe UI, DejaVu Sans, sans-serif";
export const monoFont = "ui-monospace, DejaVu Sans Mono, Menlo, Consolas, monospace";

/** Of the widest of these fonts; readers have others, which are narrower. */
const monoEm = 0.61;
const sansEm = 0.62;
const boldEm = 0.7;

export interface Type {
  readonly size: number;
  readonly font: "mono" | "sans" | "bold";
}

/** How wide a text is at most, in pixels. */
export function textWidth(text: string, { size, font }: Type): number {
  const em = font === "mono" ? monoEm : font === "bold" ? boldEm : sansEm;
  return columns(text) * size * em;
}

/** How many columns a text takes in a font of one width; letters of East Asia and pictures take two. */
export function columns(text: string): number {
  let sum = 0;
  for (const letter of text) sum += letterColumns(letter);
  return sum;
}

function letterColumns(letter: string): number {
  const code = letter.codePointAt(0)!;
  return code >= 0x2e80 || (code >= 0x1100 && code <= 0x115f) ? 2 : 1;
}

/** The text, or as much of it as fits with `…` at the end. */
export function shorten(text: string, most: number): string {
  if (columns(text) <= most) return text;
  return `${headOf(text, most - 1)}…`;
}

/** The same with `…` in the middle: names differ at both ends. */
export function shortenMiddle(text: string, most: number): string {
  if (columns(text) <= most) return text;
  const half = Math.floor((most - 1) / 2);
  const tail = [...headOf([...text].reverse().join(""), half)].reverse().join("");
  return `${headOf(text, most - 1 - half)}…${tail}`;
}

function headOf(text: string, most: number): string {
  let [head, used] = ["", 0];
  for (const letter of text) {
    used += letterColumns(letter);
    if (used > most) break;
    head += letter;
  }
  return head;
}

/**
 * The text in lines of at most so many columns, broken at spaces where there are some; a line that has none is broken anyhow.
 * Beyond `lines` it ends with `…`.
 */
export function wrap(text: string, most: number, lines: number = Number.POSITIVE_INFINITY): string[] {
  const wrapped: string[] = [];
  let rest = text.trim();
  while (columns(rest) > most) {
    if (wrapped.length === lines - 1) return [...wrapped, shorten(rest, most)];
    const head = headOf(rest, most);
    const space = rest[head.length] === " " ? head.length : head.lastIndexOf(" ");
    const end = space > 0 ? space : Math.max(head.length, [...rest][0]!.length);
    wrapped.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return [...wrapped, rest];
}
