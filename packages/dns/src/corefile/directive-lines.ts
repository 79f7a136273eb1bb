import type { CorefileWord, Directive } from "./corefile.ts";

/** The words of a line that the parser has put together, by what they are: name, arguments, and the lines in its braces. */
export function directiveOf(words: readonly CorefileWord[]): Directive {
  const open = words.findIndex((word, index) => index > 0 && word.text === "{");
  const head = open < 0 ? words : words.slice(0, open);
  const [name, ...args] = head as [CorefileWord, ...CorefileWord[]];
  const line = { name: name.text, position: name.position, args, words };
  return open < 0 ? line : { ...line, block: linesOf(words.slice(open + 1)) };
}

function linesOf(words: readonly CorefileWord[]): Directive[] {
  const lines: Directive[] = [];
  let line: CorefileWord[] = [];
  let depth = 0;
  for (const word of words) {
    if (depth === 0 && line.length > 0 && word.text !== "{" && word.position.line !== line.at(-1)!.position.line) {
      lines.push(directiveOf(line));
      line = [];
    }
    if (word.text === "}" && depth === 0) break;
    if (word.text === "{") depth++;
    if (word.text === "}") depth--;
    line.push(word);
  }
  if (line.length > 0) lines.push(directiveOf(line));
  return lines;
}
