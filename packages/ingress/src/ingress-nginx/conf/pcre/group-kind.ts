import type { PatternItem } from "./pattern-tree.ts";

/** What `(?x)` and the like change up to the end of a group. */
export interface GroupOptions {
  readonly isExtended: boolean;
  /** A plain group catches. */
  readonly catches: boolean;
  /** Two groups may have one name. */
  readonly allowsTwice: boolean;
  readonly isLook: boolean;
}

/** What stands behind an opening parenthesis: a group, something whole, or other options. */
export type GroupOpener =
  | {
      readonly kind: "group";
      readonly type: "plain" | "ahead" | "behind" | "condition" | "definition";
      readonly catches: boolean;
      readonly name?: string;
      readonly options: GroupOptions;
      /** Each branch begins with the same number. */
      readonly resetsNumbers: boolean;
      /** An assertion that stands here, and is asked first. */
      readonly condition?: "ahead" | "behind";
      readonly offset?: number;
    }
  | { readonly kind: "item"; readonly item: PatternItem; readonly isRepeatable: boolean }
  | { readonly kind: "options"; readonly options: GroupOptions };

export function group(
  type: "plain" | "ahead" | "behind" | "condition" | "definition",
  options: GroupOptions,
  more: {
    catches?: boolean;
    name?: string;
    resetsNumbers?: boolean;
    condition?: "ahead" | "behind";
    offset?: number;
  } = {},
): GroupOpener {
  return { kind: "group", type, catches: false, options, resetsNumbers: false, ...more };
}
