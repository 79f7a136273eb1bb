import { goText, goTypeOf } from "../patch/go-text.ts";
import { pathText } from "./field-set.ts";
import { fieldMergeType, itemMergeType, itemStep, type MergeType } from "./merge-type.ts";

/** What does not fit the schema in an applied configuration, each with its path (structured-merge-diff, typed.Validate). */
export function problemsOf(value: unknown, type: MergeType, path: readonly string[] = []): string[] {
  if (value === null || value === undefined) return [];
  const at = pathText(path);
  switch (type.kind) {
    case "scalar":
      return scalarProblem(value, type).map((problem) => `${at}: ${problem}`);
    case "set":
    case "list":
      if (!Array.isArray(value)) return [`${at}: expected list, got &{${goText(value)}}`];
      return listProblems(value, type, path);
    case "atomic":
      return [];
    default:
      if (typeof value !== "object" || Array.isArray(value)) return [`${at}: expected map, got &{${goText(value)}}`];
      return fieldProblems(value as Readonly<Record<string, unknown>>, type, path);
  }
}

/** A field that there is not ends the look at its object. */
function fieldProblems(
  object: Readonly<Record<string, unknown>>,
  type: MergeType & { kind: "struct" | "map" },
  path: readonly string[],
): string[] {
  const problems: string[] = [];
  for (const key of Object.keys(object).sort()) {
    const inner = object[key];
    const innerType = fieldMergeType(type, key);
    const innerPath = [...path, `f:${key}`];
    if (innerType === undefined) return [...problems, `${pathText(innerPath)}: field not declared in schema`];
    problems.push(...problemsOf(inner, innerType, innerPath));
  }
  return problems;
}

function listProblems(
  list: readonly unknown[],
  type: MergeType & { kind: "set" | "list" },
  path: readonly string[],
): string[] {
  const seen = new Set<string>();
  return list.flatMap((item, i) => {
    const step = itemStep(type, item);
    if (step === undefined) {
      const key = type.kind === "list" ? (type.keys[0]?.name ?? "") : "";
      return [
        `${pathText(path)}: element ${i}: associative list with keys has an element that omits key field ${JSON.stringify(key)} (and doesn't have default value)`,
      ];
    }
    const problems = seen.has(step) ? [`${pathText(path)}: duplicate entries for key ${pathText([step])}`] : [];
    seen.add(step);
    return [...problems, ...problemsOf(item, itemMergeType(type), [...path, step])];
  });
}

function scalarProblem(value: unknown, { type }: MergeType): string[] {
  const is = typeof value;
  switch (type.kind) {
    case "string":
    case "Time":
    case "MicroTime":
    case "bytes":
      return is === "string" ? [] : [`expected string, got &value.valueUnstructured{Value:${goText(value)}}`];
    case "bool":
      return is === "boolean" ? [] : [`expected boolean, got &{${goText(value)}}`];
    case "int32":
    case "int64":
    case "float64":
      return is === "number" ? [] : [`expected numeric (int or float), got ${goTypeOf(value)}`];
    default:
      return [];
  }
}
