import { ParseError } from "../runtime/errors.ts";
import { parseInt64, type Requirement, type Selector } from "./label-selector.ts";
import { labelKeyComplaints, labelValueComplaints } from "./label-syntax.ts";

/**
 * Reads a selector's text form, as `kubectl -l` takes it: `a=b,c!=d,e in (x,y),f notin (z),g,!h`. Terms come back
 * sorted by key, as apimachinery's labels.Parse sorts them.
 *
 * @throws ParseError in the words of labels.Parse.
 * @example
 * matchesSelector(parseSelector("tier in (web,api),!canary"), { tier: "web" }); // true
 */
export function parseSelector(text: string): Selector {
  const tokens = tokenize(text);
  let position = 0;
  const next = (): Token => tokens[Math.min(position++, tokens.length - 1)]!;
  const peek = (): Token => tokens[Math.min(position, tokens.length - 1)]!;
  const requirements: Requirement[] = [];
  while (peek().kind !== "end") {
    if (!startsTerm(peek())) fail(`found '${peek().text}', expected: !, identifier, or 'end of string'`);
    requirements.push(parseTerm(next, peek));
    const separator = next();
    if (separator.kind === "end") break;
    if (separator.text !== ",") fail(`found '${separator.text}', expected: ',' or 'end of string'`);
    if (!startsTerm(peek())) fail(`found '${peek().text}', expected: identifier after ','`);
  }
  return sortStably(requirements);
}

/** The text form: `a=b,e in (x,y),!h`. `parseSelector` reads it back. */
export function printSelector(selector: Selector): string {
  return selector.map(printRequirement).join(",");
}

interface Token {
  readonly kind: "word" | "symbol" | "error" | "end";
  readonly text: string;
}

const symbols = new Set([")", ",", "!", "==", "=", ">", "<", "!=", "("]);
const binaryOperators = "in, notin, =, ==, !=, gt, lt";
const operatorOf: Readonly<Record<string, Requirement["operator"]>> = {
  in: "in",
  notin: "notin",
  "=": "=",
  "==": "==",
  "!=": "!=",
  ">": "gt",
  "<": "lt",
};

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const [run] of text.matchAll(/[=!(),<>]+|[^=!(),<>\s\0]+/g)) {
    if (/^[^=!(),<>]/.test(run)) tokens.push({ kind: "word", text: run });
    else tokens.push(...splitSymbols(run));
  }
  tokens.push({ kind: "end", text: "" });
  return tokens;
}

/** A run of symbol characters, cut greedily: `!==` is `!=`, `=`. */
function splitSymbols(run: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < run.length; ) {
    const pair = run.slice(at, at + 2);
    const text = symbols.has(pair) ? pair : run[at]!;
    tokens.push({ kind: "symbol", text });
    at += text.length;
  }
  return tokens;
}

function startsTerm(token: Token): boolean {
  return token.kind === "word" || token.text === "!";
}

function parseTerm(next: () => Token, peek: () => Token): Requirement {
  const negated = peek().text === "!";
  if (negated) next();
  const key = next();
  if (key.kind !== "word") failTerm(`found '${key.text}', expected: identifier`);
  refuse("<nil>", key.text, labelKeyComplaints(key.text));
  if (negated) return { key: key.text, operator: "!", values: [] };
  if (peek().kind === "end" || peek().text === ",") return { key: key.text, operator: "exists", values: [] };
  const word = next();
  const operator = operatorOf[word.text] ?? failOperator(word);
  const values = operator === "in" || operator === "notin" ? parseValueSet(next, peek) : [parseExactValue(next, peek)];
  return checkedRequirement(key.text, operator, [...new Set(values)].sort(byteOrder));
}

function parseValueSet(next: () => Token, peek: () => Token): string[] {
  const open = next();
  if (open.text !== "(") failTerm(`found '${open.text}' expected: '('`);
  const first = peek();
  if (first.text === ")") {
    next();
    return [""];
  }
  if (first.kind !== "word" && first.text !== ",") {
    failTerm(`found '${first.text}', expected: ',', ')' or identifier`);
  }
  const values: string[] = [];
  let wantsValue = true;
  for (let token = next(); ; token = next()) {
    if (token.text === ")" && token.kind === "symbol") {
      if (wantsValue) values.push("");
      return values;
    }
    if (token.text === "," && token.kind === "symbol") {
      if (wantsValue) values.push("");
      wantsValue = true;
    } else if (token.kind === "word" && wantsValue) {
      values.push(token.text);
      wantsValue = false;
    } else {
      failTerm(`found '${token.text}', expected: ${wantsValue ? "',', or identifier" : "',' or ')'"}`);
    }
  }
}

function parseExactValue(next: () => Token, peek: () => Token): string {
  if (peek().kind === "end" || peek().text === ",") return "";
  const value = next();
  if (value.kind !== "word") failTerm(`found '${value.text}', expected: identifier`);
  return value.text;
}

function checkedRequirement(key: string, operator: Requirement["operator"], values: readonly string[]): Requirement {
  values.forEach((value, index) => {
    if ((operator === "gt" || operator === "lt") && parseInt64(value) === undefined) {
      refuse(`values[${index}]`, value, ["for 'Gt', 'Lt' operators, the value must be an integer"]);
    }
    refuse(`values[${index}][${key}]`, value, labelValueComplaints(value));
  });
  return { key, operator, values };
}

function printRequirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case "exists":
      return key;
    case "!":
      return `!${key}`;
    case "in":
    case "notin":
      return `${key} ${operator} (${values.join(",")})`;
    case "gt":
      return `${key}>${values[0]}`;
    case "lt":
      return `${key}<${values[0]}`;
    default:
      return `${key}${operator}${values[0]}`;
  }
}

function sortStably(requirements: Requirement[]): Requirement[] {
  return requirements.sort((a, b) => byteOrder(a.key, b.key));
}

function byteOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function refuse(path: string, value: string, complaints: readonly string[]): void {
  if (complaints.length > 0) failTerm(`${path}: Invalid value: ${JSON.stringify(value)}: ${complaints.join("; ")}`);
}

function failOperator(token: Token): never {
  return failTerm(`found '${token.text}', expected: ${binaryOperators}`);
}

function failTerm(message: string): never {
  return fail(`unable to parse requirement: ${message}`);
}

function fail(message: string): never {
  throw new ParseError(message);
}
