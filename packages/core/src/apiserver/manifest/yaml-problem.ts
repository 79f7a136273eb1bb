import type { ParseError, SourcePosition } from "../../runtime/errors.ts";
import { manifestLimits } from "./limits.ts";

/**
 * What is said of a YAML text that cannot be read: sigs.k8s.io/yaml over go.yaml.in/yaml/v2, whose line is the one before
 * the place for the parser and that of the place for the scanner, and none for the first one.
 */
export function yamlProblem({ message, position }: ParseError, text: string): string {
  const known = wordings.find(([pattern]) => pattern.test(message));
  const isCut = known?.[2] === "parser" && isAtEnd(position, text);
  // The stream ends on a line of its own.
  const line = lineInDocument(position?.line ?? 1, text) + (isCut && !text.endsWith("\n") ? 1 : 0);
  const isBehindPlain = /Tabs are not allowed/.test(message) && endsInPlainScalar(text, position);
  const wantsValue = isCut && /[[{,:]\s*$/.test(text);
  const said = wantsValue
    ? "did not find expected node content"
    : isBehindPlain
      ? "found a tab character that violates indentation"
      : (known?.[1] ?? message.replace(/^YAML: /, ""));
  const told = known?.[2] === "scanner" ? (line === 1 ? 0 : line) : known?.[2] === "none" ? 0 : line - 1;
  return `error converting YAML to JSON: yaml: ${told > 0 ? `line ${told}: ` : ""}${said}`;
}

/** The same of a text that kubectl takes for JSON where it begins like it. */
export function manifestProblem(error: ParseError, text: string): string {
  return /^\s*\{/.test(text) ? "unexpected EOF" : yamlProblem(error, text);
}

/** Documents of a stream are read one by one, each from its line 1. */
function lineInDocument(line: number, text: string): number {
  const before = text.split("\n").slice(0, line - 1);
  return line - 1 - before.findLastIndex((other) => other.startsWith("---"));
}

function isAtEnd(position: SourcePosition | undefined, text: string): boolean {
  const lines = text.split("\n");
  return position?.line === lines.length && position.column > lines.at(-1)!.length;
}

/** A plain scalar in the line before would go on in this one. */
function endsInPlainScalar(text: string, position: SourcePosition | undefined): boolean {
  const before = text.split("\n").slice(0, (position?.line ?? 1) - 1);
  const last = before.findLast((line) => line.trim() !== "") ?? "";
  const value = last.replace(/^\s*(?:- +)*/, "").replace(/^[^\s'"]+:(?: +|$)/, "");
  return /^[^\s'"|>[\]{}&*!#%@`,]/.test(value) && !value.includes(" #");
}

type Told = "scanner" | "parser" | "none";

/** The words of the library that reads here, and go-yaml's. */
const wordings: readonly (readonly [RegExp, string | undefined, Told])[] = [
  [/nested more than \d+ deep/, `exceeded max depth of ${manifestLimits.depth}`, "none"],
  [/^YAML: unknown anchor '.*' referenced$/, undefined, "none"],
  [
    /Tabs are not allowed|reserved character|cannot start with/,
    "found character that cannot start any token",
    "scanner",
  ],
  [/Nested mappings are not allowed/, "mapping values are not allowed in this context", "scanner"],
  [/Missing closing ["']quote/, "found unexpected end of stream", "scanner"],
  [/Flow sequence.*end with|end with a \]/, "did not find expected ',' or ']'", "parser"],
  [/Flow map.*end with|end with a \}|between flow map items/, "did not find expected ',' or '}'", "parser"],
  [
    /Implicit keys need to be on a single line|Implicit map keys need to be followed by map values/,
    "could not find expected ':'",
    "scanner",
  ],
  [
    /All mapping items must start at the same column|All sequence items must start|Unexpected scalar/,
    "did not find expected key",
    "parser",
  ],
];
