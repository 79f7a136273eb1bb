import type { SourcePosition } from "../runtime/errors.ts";

/** Something that does not stop an apply. */
export interface Warning {
  readonly message: string;
  /** `Service default/web`, where it is about one object. */
  readonly object: string | undefined;
  readonly position: SourcePosition | undefined;
}
