import type { Representation } from "./accept.ts";

/**
 * The `Accept` header that the REST server gets for the first representation that objects have; undefined when there is
 * none.
 */
export function restAccept(representations: readonly Representation[]): string | undefined {
  for (const { convert } of representations) {
    if (convert === undefined) return "application/json";
    const { as, group, version } = convert;
    if (as === "Table" && group === "meta.k8s.io" && version === "v1") {
      return `application/json;as=Table;v=${version};g=${group}`;
    }
  }
  return undefined;
}
