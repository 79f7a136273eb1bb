/** A piece of a template: text as it is, or an action between braces. */
export type TemplatePiece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly tokens: readonly TemplateToken[] };

export type TemplateToken =
  | { readonly kind: "field"; readonly path: readonly string[] }
  | { readonly kind: "word" | "operator"; readonly text: string }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "number"; readonly value: number };

const token =
  /\s*(?:(\.(?:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)?)|([A-Za-z_]\w*)|("(?:[^"\\]|\\.)*")|`([^`]*)`|([+-]?\d+)|([()|]))/y;

/**
 * The pieces of a template of Go's text/template, comments left out and spaces trimmed where `{{-` and `-}}` ask for it.
 *
 * @throws what `fail` makes of actions that do not end or are not understood
 */
export function templatePieces(text: string, fail: (problem: string) => Error): TemplatePiece[] {
  const pieces: TemplatePiece[] = [];
  let rest = text;
  let trims = false;
  for (;;) {
    const open = rest.indexOf("{{");
    const before = open < 0 ? rest : rest.slice(0, open);
    const trimsBefore = open >= 0 && /^\{\{-\s/.test(rest.slice(open));
    const left = trims ? before.trimStart() : before;
    const plain = trimsBefore ? left.trimEnd() : left;
    if (plain !== "") pieces.push({ kind: "text", text: plain });
    if (open < 0) return pieces;
    const close = rest.indexOf("}}", open);
    if (close < 0) throw fail("unclosed action");
    trims = /\s-$/.test(rest.slice(open + 2, close));
    const action = rest.slice(open + (trimsBefore ? 3 : 2), trims ? close - 1 : close).trim();
    rest = rest.slice(close + 2);
    if (!/^\/\*.*\*\/$/s.test(action)) pieces.push({ kind: "action", tokens: tokensOf(action, fail) });
  }
}

function tokensOf(action: string, fail: (problem: string) => Error): TemplateToken[] {
  const tokens: TemplateToken[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < action.length) {
    const start = token.lastIndex;
    const match = token.exec(action);
    if (match === null) throw fail(`unexpected ${JSON.stringify(action.slice(start).trim())} in command`);
    const [, field, word, quoted, raw, number, operator] = match;
    if (field !== undefined) tokens.push({ kind: "field", path: field.split(".").filter((part) => part !== "") });
    else if (word !== undefined) tokens.push({ kind: "word", text: word });
    else if (quoted !== undefined) tokens.push({ kind: "string", value: JSON.parse(quoted) as string });
    else if (raw !== undefined) tokens.push({ kind: "string", value: raw });
    else if (number !== undefined) tokens.push({ kind: "number", value: Number(number) });
    else tokens.push({ kind: "operator", text: operator! });
  }
  if (tokens.length === 0) throw fail("missing value for command");
  return tokens;
}
