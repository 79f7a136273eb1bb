import type { Json, JsonObject } from "./random-fields.ts";

/** An answer: its code, its warnings and its body without what differs from server to server. */
export interface Answer {
  readonly code: number;
  readonly warnings: readonly string[];
  readonly body: Json;
}

const serversOwn = new Set([
  "uid",
  "resourceVersion",
  "creationTimestamp",
  "deletionTimestamp",
  "managedFields",
  "description",
]);
/** What a Pod may not change ends with a picture of Go's structs, which closes a list of refusals too. */
const structs = /(previously negative\))[\s\S]*$/;
const drawnPort = /^(duplicate nodePort: \{\w+ )\d+/;
const drawnAddress = /\b10\.(?:9[6-9]|10\d|11[01])\.\d+\.\d+\b|\bfd00:10:96::[0-9a-f]+\b/g;

/** Addresses and ports that a server draws stand for themselves; those that somebody asked for are told apart by `asked`. */
export function plainAnswer({ code, warnings, body }: Answer, asked: string): Answer {
  return { code, warnings, body: plain(body, asked) };
}

function plain(value: Json, asked: string): Json {
  if (typeof value === "string") {
    return value
      .replace(structs, "$1")
      .replace(drawnPort, "$1DRAWN")
      .replace(drawnAddress, (text) => (asked.includes(text) ? text : "DRAWN"));
  }
  if (Array.isArray(value)) return value.map((item) => plain(item, asked));
  if (typeof value !== "object" || value === null) return value;
  const result: JsonObject = {};
  for (const key of Object.keys(value).sort()) {
    if (serversOwn.has(key)) continue;
    const inner = value[key]!;
    const isDrawn = /odePort$/.test(key) && typeof inner === "number" && inner >= 30000 && inner <= 33_000;
    result[key] = isDrawn && !asked.includes(String(inner)) ? "DRAWN" : plain(inner, asked);
  }
  return withPlainCells(result);
}

/** Node ports and ages in the cells of a table. */
function withPlainCells(object: JsonObject): JsonObject {
  if (!Array.isArray(object.cells)) return object;
  const cells = object.cells.map((cell) =>
    typeof cell === "string" ? cell.replace(/:3[0-2]\d{3}\//g, ":DRAWN/").replace(/^\d+s$/, "AGE") : cell,
  );
  return { ...object, cells };
}
