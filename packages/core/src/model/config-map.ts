import type { Labels, ObjectMeta } from "./object-meta.ts";

export interface ConfigMap {
  readonly apiVersion: "v1";
  readonly kind: "ConfigMap";
  readonly metadata: ObjectMeta;
  readonly data?: Labels;
  readonly binaryData?: Labels;
  readonly immutable?: boolean;
}
