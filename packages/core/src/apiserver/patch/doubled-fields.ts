/**
 * The fields that stand twice in an object of a JSON text, as sigs.k8s.io/json reports them: `duplicate field "spec.type"`.
 * The text is well-formed.
 */
export function doubledFields(text: string): string[] {
  const found: string[] = [];
  const open: Level[] = [];
  for (const { 0: token } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]/g)) {
    const level = open.at(-1);
    if (token === "{") open.push({ path: pathOf(level), keys: new Set(), key: undefined, index: 0 });
    else if (token === "[") open.push({ path: pathOf(level), keys: undefined, key: undefined, index: 0 });
    else if (token === "}" || token === "]") open.pop();
    else if (token === "," && level !== undefined) {
      level.key = undefined;
      level.index++;
    } else if (token.startsWith('"') && level?.keys !== undefined && level.key === undefined) {
      level.key = JSON.parse(token) as string;
      if (level.keys.has(level.key)) found.push(`duplicate field ${JSON.stringify(pathOf(level))}`);
      level.keys.add(level.key);
    }
  }
  return [...new Set(found)];
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
