import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { type TemplateToken, templatePieces } from "./template-lexer.ts";

/** What a template sees: texts, numbers, lists, maps, and functions by name. Undefined is what Go prints as `<no value>`. */
export type TemplateValue =
  | string
  | number
  | undefined
  | readonly TemplateValue[]
  | ReadonlyMap<string, TemplateValue>
  | ((...args: readonly TemplateValue[]) => TemplateValue);

/** Fields that the data have: others are an error. */
export type TemplateData = Readonly<Record<string, TemplateValue>>;

type Expression = (data: TemplateData) => TemplateValue;

/** What goes wrong while a template is filled in. */
export class TemplateError extends Error {}

const unsupported = [
  "if",
  "else",
  "end",
  "range",
  "with",
  "define",
  "template",
  "block",
  "break",
  "continue",
  "eq",
  "ne",
];

/**
 * A template of Go's text/template, as far as answers need it: fields, `index`, `parseInt`, `printf`, `len`, `print`, pipes and
 * parentheses.
 *
 * @throws what `fail` makes of a malformed one; UnsupportedError for conditions, loops and variables
 *
 * @example goTemplate("{{ .Name }} 60 IN A 192.0.2.1", fail)({ Name: "a." }) // "a. 60 IN A 192.0.2.1"
 */
export function goTemplate(text: string, fail: (problem: string) => Error): (data: TemplateData) => string {
  const parts = templatePieces(text, fail).map((piece): Expression => {
    if (piece.kind === "text") return () => piece.text;
    const reading = { tokens: piece.tokens, index: 0 };
    const pipeline = pipelineOf(reading, fail);
    if (reading.index < piece.tokens.length) throw fail("unexpected right paren");
    return pipeline;
  });
  return (data) => parts.map((part) => printed(part(data))).join("");
}

interface Reading {
  readonly tokens: readonly TemplateToken[];
  index: number;
}

/** Commands with pipes between them: what one gives is the last argument of the next. */
function pipelineOf(reading: Reading, fail: (problem: string) => Error): Expression {
  let pipeline = commandOf(reading, fail)();
  while (isOperator(reading.tokens[reading.index], "|")) {
    reading.index++;
    pipeline = commandOf(reading, fail)(pipeline);
  }
  return pipeline;
}

function commandOf(reading: Reading, fail: (problem: string) => Error): (last?: Expression) => Expression {
  const first = reading.tokens[reading.index];
  const operands: Expression[] = [];
  const call = first?.kind === "word" ? functionNamed(first.text, fail) : undefined;
  if (call !== undefined) reading.index++;
  for (let next = reading.tokens[reading.index]; next !== undefined; next = reading.tokens[reading.index]) {
    if (isOperator(next, "|") || isOperator(next, ")")) break;
    operands.push(operandOf(reading, fail));
  }
  if (call === undefined && operands.length === 0) throw fail("missing value for command");
  return (last) => {
    const args = last === undefined ? operands : [...operands, last];
    if (call !== undefined) return (data) => call(...args.map((arg) => arg(data)));
    const [callee, ...rest] = args as [Expression, ...Expression[]];
    return (data) => {
      const value = callee(data);
      if (typeof value === "function") return value(...rest.map((arg) => arg(data)));
      if (rest.length > 0) throw new TemplateError("can't give argument to non-function");
      return value;
    };
  };
}

function operandOf(reading: Reading, fail: (problem: string) => Error): Expression {
  const next = reading.tokens[reading.index++]!;
  if (next.kind === "string" || next.kind === "number") return () => next.value;
  if (next.kind === "field") return (data) => fieldOf(data, next.path);
  if (next.kind === "word") {
    const call = functionNamed(next.text, fail);
    return () => call();
  }
  const inner = pipelineOf(reading, fail);
  if (!isOperator(reading.tokens[reading.index++], ")")) throw fail("unclosed left paren");
  return inner;
}

function isOperator(token: TemplateToken | undefined, text: string): boolean {
  return token?.kind === "operator" && token.text === text;
}

function fieldOf(data: TemplateData, path: readonly string[]): TemplateValue {
  let value: TemplateValue = new Map(Object.entries(data));
  for (const [depth, name] of path.entries()) {
    if (!(value instanceof Map)) throw new TemplateError(`can't evaluate field ${name} in type ${typeof value}`);
    const map: ReadonlyMap<string, TemplateValue> = value;
    if (depth === 0 && !map.has(name)) {
      throw new TemplateError(`can't evaluate field ${name} in type *template.templateData`);
    }
    value = map.get(name);
  }
  return value;
}

function functionNamed(
  name: string,
  fail: (problem: string) => Error,
): (...args: readonly TemplateValue[]) => TemplateValue {
  if (unsupported.includes(name)) throw new UnsupportedError(`template action ${name}`, "text/template");
  const found = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (found === undefined) throw fail(`function "${name}" not defined`);
  return found;
}

const functions: Readonly<Record<string, (...args: readonly TemplateValue[]) => TemplateValue>> = {
  index: (value, ...keys) => keys.reduce(element, value),
  len: (value) =>
    typeof value === "string" || Array.isArray(value) ? value.length : value instanceof Map ? value.size : 0,
  parseInt: parseUint,
  print: (...args) => args.map(printed).join(""),
  printf: (format, ...args) => formatted(printed(format), args),
};

function element(value: TemplateValue, key: TemplateValue): TemplateValue {
  if (value instanceof Map) return value.get(printed(key)) ?? "";
  if (!Array.isArray(value)) throw new TemplateError(`error calling index: can't index item of type ${typeof value}`);
  if (typeof key !== "number" || key < 0 || key >= value.length) {
    throw new TemplateError(`error calling index: index out of range: ${printed(key)}`);
  }
  return value[key] as TemplateValue;
}

/** strconv.ParseUint: a number in this base that fits into so many bits. */
function parseUint(text: TemplateValue, base: TemplateValue, bits: TemplateValue): TemplateValue {
  const digits = printed(text).toLowerCase();
  const radix = Number(base);
  const number = Number.parseInt(digits, radix);
  if (!Number.isSafeInteger(number) || number.toString(radix) !== (digits.replace(/^0+(?=.)/, "") || "0")) {
    throw new TemplateError(
      `error calling parseInt: strconv.ParseUint: parsing ${JSON.stringify(digits)}: invalid syntax`,
    );
  }
  if (number >= 2 ** Number(bits)) {
    throw new TemplateError(`error calling parseInt: strconv.ParseUint: parsing "${digits}": value out of range`);
  }
  return number;
}

/** fmt.Sprintf with `%s`, `%v`, `%d`, `%x`, `%q` and their widths. */
function formatted(format: string, args: readonly TemplateValue[]): string {
  let index = 0;
  return format.replace(/%(0?)(\d*)([%svdxqX])/g, (_whole, zero: string, width: string, verb: string) => {
    if (verb === "%") return "%";
    const value = args[index++];
    const plain =
      verb === "x" && typeof value === "number"
        ? value.toString(16)
        : verb === "q"
          ? JSON.stringify(printed(value))
          : printed(value);
    return (verb === "X" ? Number(value).toString(16).toUpperCase() : plain).padStart(
      Number(width),
      zero === "0" ? "0" : " ",
    );
  });
}

function printed(value: TemplateValue): string {
  if (value === undefined) return "<no value>";
  if (Array.isArray(value)) return `[${value.map(printed).join(" ")}]`;
  if (value instanceof Map)
    return `map[${[...value.entries()]
      .sort()
      .map(([key, item]) => `${key}:${printed(item)}`)
      .join(" ")}]`;
  return String(value);
}
