import { failure } from "../command-error.ts";

/**
 * `metadata.name`, `.metadata.name` and `{metadata.name}` as `{.metadata.name}` (kubectl pkg/cmd/get/customcolumn.go).
 *
 * @throws CommandError for anything with other braces
 */
export function relaxedPath(text: string): string {
  if (text === "") return text;
  const match = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/.exec(text);
  if (match === null) {
    throw failure(
      "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'",
    );
  }
  return `{.${match[1] || match[2]}}`;
}
