import type { SourcePosition } from "../runtime/errors.ts";

/** Why a rule, a set entry or a virtual server exists: the object that asked for it and the reason it was written. */
export interface Origin {
  /** `Service default/web`, or `kube-proxy` for what it always writes. */
  readonly object: string;
  /** kube-proxy's name of the Service port: `default/web:http`. */
  readonly servicePort?: string;
  /** In a few words: `cluster IP`, `hairpin`, `node port`, `endpoint 10.244.1.5:80`. */
  readonly reason: string;
  /** Which field of the object: `["metadata", "annotations", "…/rewrite-target"]`. */
  readonly field?: readonly (string | number)[];
  /** Where the user's text says so; filled in by whoever knows the text (the front door), not by kube-proxy. */
  readonly position?: SourcePosition;
}
