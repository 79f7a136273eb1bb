const letters: ReadonlyMap<string, string> = new Map([
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["\\", "\\"],
]);

/** One character, escaped or not, as Go's strconv.UnquoteChar reads it. */
const oneChar = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|([\s\S]))|([\s\S])/uy;

/**
 * The text inside quotes, single or double ones (client-go util/jsonpath, UnquoteExtend); undefined for what Go calls invalid
 * syntax.
 */
export function unquote(quoted: string): string | undefined {
  const quote = quoted[0]!;
  const inner = quoted.slice(1, -1);
  if (!inner.includes("\\") && !inner.includes(quote)) return inner;
  let text = "";
  oneChar.lastIndex = 0;
  while (oneChar.lastIndex < inner.length) {
    const match = oneChar.exec(inner);
    if (match === null) return undefined;
    const char = charOf(match, quote);
    if (char === undefined) return undefined;
    text += char;
  }
  return text;
}

function charOf([, hex, short, long, octal, letter, plain]: RegExpExecArray, quote: string): string | undefined {
  if (plain !== undefined) return plain === quote ? undefined : plain;
  if (letter !== undefined) return letter === quote ? quote : letters.get(letter);
  const code = octal === undefined ? Number.parseInt((hex ?? short ?? long)!, 16) : Number.parseInt(octal, 8);
  if (code > 0x10ffff || (octal !== undefined && code > 0xff)) return undefined;
  return code >= 0xd800 && code <= 0xdfff ? undefined : String.fromCodePoint(code);
}
