// What a JSON text says and its value does not.

/**
 * The text as Go reads it: half a surrogate pair is U+FFFD. For nothing but JSON.parse, which takes it as it is.
 */
export function wellFormed(text: string): string {
  if (!/\\u[dD][89a-fA-F]/.test(text)) return text;
  return text.replace(/\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]|(u[dD][89a-fA-F]..)|.)/g, (all, half?: string) =>
    half === undefined ? all : "\\ufffd",
  );
}

/**
 * The fields that stand twice in an object of a JSON text, as sigs.k8s.io/json reports them: `duplicate field "spec.type"`.
 * The text is well-formed.
 */
export function doubledFields(text: string): string[] {
  const found: string[] = [];
  walk(text, (what, path) => {
    if (what === "double") found.push(`duplicate field ${JSON.stringify(path)}`);
  });
  return [...new Set(found)];
}

/** The numbers that Go takes for no integers whatever they come to, such as `8e1` and `80.0`, or that are too long, by path. */
export function oddNumbers(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (!/[:[,\s]-?\d+(?:[.eE]|\d{15})/.test(text)) return found;
  walk(text, (what, path, token) => {
    if (what === "number" && /[.eE]|\d{16}/.test(token)) found.set(path, token);
  });
  return found;
}

function walk(text: string, tell: (what: "double" | "number", path: string, token: string) => void): void {
  const open: Level[] = [];
  for (const { 0: token } of text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[{}[\],:]/g)) {
    const level = open.at(-1);
    if (token === "{") open.push({ path: pathOf(level), keys: new Set(), key: undefined, index: 0 });
    else if (token === "[") open.push({ path: pathOf(level), keys: undefined, key: undefined, index: 0 });
    else if (token === "}" || token === "]") open.pop();
    else if (token === "," && level !== undefined) {
      level.key = undefined;
      level.index++;
    } else if (token.startsWith('"') && level?.keys !== undefined && level.key === undefined) {
      level.key = JSON.parse(token) as string;
      if (level.keys.has(level.key)) tell("double", pathOf(level), token);
      level.keys.add(level.key);
    } else if (/^[-\d]/.test(token)) tell("number", pathOf(level), token);
  }
}

/** An object or a list that the scan is in. */
interface Level {
  readonly path: string;
  /** Undefined for a list. */
  readonly keys: Set<string> | undefined;
  key: string | undefined;
  index: number;
}

function pathOf(level: Level | undefined): string {
  if (level === undefined) return "";
  if (level.keys === undefined) return `${level.path}[${level.index}]`;
  return level.path === "" ? (level.key ?? "") : `${level.path}.${level.key ?? ""}`;
}
