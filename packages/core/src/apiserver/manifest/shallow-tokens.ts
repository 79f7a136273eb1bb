import { type CST, Lexer, type LineCounter, Parser } from "yaml";
import { manifestLimits } from "./limits.ts";

/**
 * The tokens of a YAML text, none of them nested deeper than the limit. The `yaml` library composes values by calling
 * itself, and an engine whose stack ends while it compiles a regular expression takes the whole process with it: so the
 * depth is known before anything is composed. Its lexer and parser keep what is open in a list.
 *
 * @param lines is told where lines begin
 * @param refuse the error for a value that stands too deep, by its offset
 */
export function* shallowTokens(
  text: string,
  lines: LineCounter,
  refuse: (offset: number) => Error,
): Generator<CST.Token, void> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    // The document itself, and the value that is begun, stand there as well.
    if (parser.stack.length > manifestLimits.depth + 2) throw refuse(parser.offset);
  }
  yield* parser.end();
}
