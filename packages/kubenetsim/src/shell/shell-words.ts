import { ParseError } from "@kubenetsim/core/runtime/errors";

/**
 * The words of a command line, as a shell splits it: blanks part them, quotes keep them together, a backslash takes the next
 * character as it is.
 *
 * @throws ParseError for a quote that does not end
 * @example shellWords(`get pods -l "app in (web,db)"`); // ["get", "pods", "-l", "app in (web,db)"]
 */
export function shellWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const char = line[at]!;
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "'" || char === '"') {
      const end = closingQuote(line, at);
      word = (word ?? "") + unescaped(line.slice(at + 1, end), char);
      at = end;
    } else if (char === "\\") {
      word = (word ?? "") + (line[++at] ?? "");
    } else word = (word ?? "") + char;
  }
  if (word !== undefined) words.push(word);
  return words;
}

function closingQuote(line: string, start: number): number {
  for (let at = start + 1; at < line.length; at++) {
    if (line[at] === line[start]) return at;
    if (line[start] === '"' && line[at] === "\\") at++;
  }
  throw new ParseError(`a quote in ${JSON.stringify(line)} does not end`);
}

function unescaped(text: string, quote: string): string {
  return quote === "'" ? text : text.replace(/\\(["\\$`])/g, "$1");
}
