import type { Labels, ObjectMeta } from "./object-meta.ts";

export interface Secret {
  readonly apiVersion: "v1";
  readonly kind: "Secret";
  readonly metadata: ObjectMeta;
  readonly type?: string;
  /** Base64. */
  readonly data?: Labels;
  readonly immutable?: boolean;
}
