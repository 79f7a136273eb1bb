import type { ParseError } from "../../runtime/errors.ts";

/**
 * What kubectl says of a text that cannot be read: sigs.k8s.io/yaml over go.yaml.in/yaml/v2, whose line is the one before
 * the place for the parser and that of the place for the scanner, and none for the first one.
 */
export function yamlProblem({ message, position }: ParseError, text: string): string {
  if (/^\s*\{/.test(text)) return "unexpected EOF";
  const line = lineInDocument(position?.line ?? 1, text);
  const known = wordings.find(([pattern]) => pattern.test(message));
  const said = known?.[1] ?? message.replace(/^YAML: /, "");
  const told = known?.[2] === "scanner" ? (line === 1 ? 0 : line) : known?.[2] === "none" ? 0 : line - 1;
  return `error converting YAML to JSON: yaml: ${told > 0 ? `line ${told}: ` : ""}${said}`;
}

/** Documents of a stream are read one by one, each from its line 1. */
function lineInDocument(line: number, text: string): number {
  const before = text.split("\n").slice(0, line - 1);
  return line - 1 - before.findLastIndex((other) => other.startsWith("---"));
}

type Told = "scanner" | "parser" | "none";

/** The words of the library that reads here, and go-yaml's. */
const wordings: readonly (readonly [RegExp, string | undefined, Told])[] = [
  [/^YAML: unknown anchor '.*' referenced$/, undefined, "none"],
  [
    /Tabs are not allowed|reserved character|cannot start with/,
    "found character that cannot start any token",
    "scanner",
  ],
  [/Nested mappings are not allowed/, "mapping values are not allowed in this context", "scanner"],
  [/Missing closing ["']quote/, "found unexpected end of stream", "scanner"],
  [
    /Flow (sequence|map).*must end with|must be sufficiently indented and end with a \]/,
    "did not find expected ',' or ']'",
    "parser",
  ],
  [/must be sufficiently indented and end with a \}/, "did not find expected ',' or '}'", "parser"],
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
