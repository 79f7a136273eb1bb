import { type AnnotationProblem, isProblem, orMissing } from "./annotation-problem.ts";
import type { AnnotationFields, AnnotationReader } from "./annotation-reader.ts";
import { boolean, integer, matching } from "./value-checks.ts";

/** By what a request is hashed to an endpoint. */
export interface UpstreamHashBy {
  /** nginx variables and text; empty for no hashing. */
  readonly expression: string;
  readonly subset: boolean;
  readonly subsetSize: number;
}

export const noHashing: UpstreamHashBy = { expression: "", subset: false, subsetSize: 0 };

export const upstreamHashByFields: AnnotationFields = {
  "upstream-hash-by": { check: matching(/^[A-Za-z0-9\-_${}]*$/, { withoutSpaces: true }), risk: "High" },
  "upstream-hash-by-subset": { check: boolean, risk: "Low" },
  "upstream-hash-by-subset-size": { check: integer, risk: "Low" },
};

/** internal/ingress/annotations/upstreamhashby. */
export function parseUpstreamHashBy(reader: AnnotationReader): UpstreamHashBy | AnnotationProblem {
  const expression = orMissing(reader.text("upstream-hash-by"), "");
  if (isProblem(expression)) return expression;
  const subset = orMissing(reader.boolean("upstream-hash-by-subset"), false);
  if (isProblem(subset)) return subset;
  const subsetSize = orMissing(reader.integer("upstream-hash-by-subset-size"), 0);
  if (isProblem(subsetSize)) return subsetSize;
  return { expression, subset, subsetSize: subsetSize === 0 ? 3 : subsetSize };
}
