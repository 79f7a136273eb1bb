import type { GeneratedCluster } from "./generated-cluster.ts";
import { clusterObjects } from "./generated-cluster.ts";

/**
 * A cluster as a stream of YAML documents that `kubectl apply -f -` takes, without fields that say nothing.
 *
 * @example
 * console.log(toYaml(randomCluster("seed-1")));
 */
export function toYaml(cluster: GeneratedCluster): string {
  return clusterObjects(cluster)
    .map((object) => `---\n${printBlock(object, "")}`)
    .join("");
}

function printBlock(value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    return value.map((item) => `${indent}- ${printBlock(item, `${indent}  `).slice(indent.length + 2)}`).join("");
  }
  if (!isObject(value)) return `${indent}${printScalar(value)}\n`;
  return Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .map(([key, field]) => printField(printScalar(key), field, indent))
    .join("");
}

function printField(key: string, value: unknown, indent: string): string {
  if (isFlat(value)) return `${indent}${key}: ${printFlow(value)}\n`;
  return `${indent}${key}:\n${printBlock(value, `${indent}  `)}`;
}

/** What reads best on one line: scalars, empty things, short objects and lists of scalars. */
function isFlat(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => !isObject(item) && !Array.isArray(item));
  if (!isObject(value)) return true;
  const fields = Object.values(value).filter((field) => field !== undefined);
  return fields.length <= 3 && fields.every((field) => !isObject(field) && !Array.isArray(field));
}

function printFlow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printFlow).join(", ")}]`;
  if (!isObject(value)) return printScalar(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([key, field]) => ` ${printScalar(key)}: ${printFlow(field)}`).join(",")} }`.replace(
    "{ }",
    "{}",
  );
}

/** Text is quoted wherever a YAML reader might take it for something else. */
function printScalar(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value);
  const isPlain = /^[A-Za-z][A-Za-z0-9_./-]*$/.test(value) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
