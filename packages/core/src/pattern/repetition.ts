/** What `*`, `+`, `?` or `{2,5}` say. */
interface WrittenRepetition {
  readonly from: number;
  /** Infinity for no end. */
  readonly to: number;
  readonly isCounted: boolean;
  readonly end: number;
}

const braces = /\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*)?)?\}/y;

/** The repetition that begins here; a brace that counts nothing (`{,5}`, `{01}`) stands for itself. */
export function repetitionAt(text: string, at: number): WrittenRepetition | undefined {
  const sign = text[at];
  if (sign === "*" || sign === "+" || sign === "?") {
    return {
      from: sign === "+" ? 1 : 0,
      to: sign === "?" ? 1 : Number.POSITIVE_INFINITY,
      isCounted: false,
      end: at + 1,
    };
  }
  braces.lastIndex = at;
  const counts = braces.exec(text);
  if (counts === null) return undefined;
  const from = Number(counts[1]);
  const to = counts[3] === undefined ? (counts[2] === undefined ? from : Number.POSITIVE_INFINITY) : Number(counts[3]);
  return { from, to, isCounted: true, end: braces.lastIndex };
}
