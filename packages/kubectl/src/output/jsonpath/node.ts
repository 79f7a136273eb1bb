/** What a JSONPath template consists of (k8s.io/client-go, util/jsonpath/node.go). */
export type PathNode =
  | ListNode
  | { readonly kind: "text"; readonly text: string }
  /** `.name` */
  | { readonly kind: "field"; readonly name: string }
  /** `range`, `end` */
  | { readonly kind: "identifier"; readonly name: string }
  /** `[0]`, `[1:3]`, `[::2]` */
  | { readonly kind: "array"; readonly params: readonly [ArrayParam, ArrayParam, ArrayParam] }
  /** `[?(@.port>80)]` */
  | { readonly kind: "filter"; readonly left: ListNode; readonly right: ListNode; readonly operator: string }
  /** A number or a truth value in a filter. */
  | { readonly kind: "constant"; readonly value: Constant }
  | { readonly kind: "wildcard" }
  | { readonly kind: "recursive" }
  | { readonly kind: "union"; readonly lists: readonly ListNode[] };

export interface ListNode {
  readonly kind: "list";
  readonly nodes: PathNode[];
}

/** Start, end or step of a slice. */
export interface ArrayParam {
  readonly value: number;
  readonly known: boolean;
  /** An end that follows from the start: `[3]` is `[3:4]`. */
  readonly derived: boolean;
}

/** A number of a template is whole or not by how it is written: `80` and `80.0` cannot be compared. */
export interface Constant {
  readonly value: number | boolean;
  readonly type: "int" | "float64" | "bool";
}
