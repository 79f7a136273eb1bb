import { type Program, printed } from "../program.ts";

const escapes: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

/** `echo` of bash: `-n`, `-e`, `-E`, together or one by one, before the first word that is none of them. */
export const echo: Program = (args) => {
  const first = args.findIndex((arg) => !/^-[neE]+$/.test(arg));
  const count = first < 0 ? args.length : first;
  const letters = args.slice(0, count).join("");
  const text = args.slice(count).join(" ");
  const readsEscapes = letters.lastIndexOf("e") > letters.lastIndexOf("E");
  const { shown, isCut } = readsEscapes ? unescaped(text) : { shown: text, isCut: false };
  return printed(`${shown}${letters.includes("n") || isCut ? "" : "\n"}`);
};

/** `\c` ends the output. */
function unescaped(text: string): { readonly shown: string; readonly isCut: boolean } {
  const form = /\\(?:0([0-7]{0,3})|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([abcefnrtvE\\]))/g;
  let shown = "";
  let at = 0;
  for (const match of text.matchAll(form)) {
    const [whole, octal, byte, short, long, letter] = match;
    shown += text.slice(at, match.index);
    at = match.index + whole.length;
    if (letter === "c") return { shown, isCut: true };
    if (letter !== undefined) shown += escapes[letter];
    else {
      const hex = byte ?? short ?? long;
      shown += String.fromCodePoint(
        hex === undefined ? Number.parseInt(octal || "0", 8) & 0xff : Number.parseInt(hex, 16),
      );
    }
  }
  return { shown: shown + text.slice(at), isCut: false };
}
