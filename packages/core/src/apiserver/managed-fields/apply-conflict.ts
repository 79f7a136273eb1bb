import { StatusError } from "../../runtime/errors.ts";
import { type FieldSet, pathText } from "./field-set.ts";
import type { Manager } from "./managers.ts";

/** The refusal of an apply that would take fields from others (managedfields/internal/conflict.go). */
export function applyConflict(conflicts: readonly (readonly [Manager, FieldSet])[]): StatusError {
  const found = conflicts.map(([manager, fields]) => ({ who: nameOf(manager), paths: fields.paths().map(pathText) }));
  found.sort((a, b) => (a.who < b.who ? -1 : 1));
  const count = found.reduce((sum, { paths }) => sum + paths.length, 0);
  const text =
    count === 1
      ? `Apply failed with 1 conflict: conflict with ${found[0]!.who}: ${found[0]!.paths[0]}`
      : `Apply failed with ${count} conflicts: ${found
          .flatMap(({ who, paths }) => [`conflicts with ${who}:`, ...paths.map((path) => `- ${path}`)])
          .join("\n")}`;
  const causes = found.flatMap(({ who, paths }) =>
    paths.map((field) => ({ reason: "FieldManagerConflict" as const, message: `conflict with ${who}`, field })),
  );
  return new StatusError("Conflict", text, { causes });
}

function nameOf({ manager, operation, apiVersion, subresource }: Manager): string {
  const through = subresource === "" ? "" : ` with subresource ${JSON.stringify(subresource)}`;
  const using = operation === "Update" ? ` using ${apiVersion}` : "";
  return `${JSON.stringify(manager)}${through}${using}`;
}
