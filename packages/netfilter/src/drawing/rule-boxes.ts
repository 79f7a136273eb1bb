import type { Origin } from "@kubenetsim/core/trace/origin";

/** A chain, a set or map, or a virtual server, with all that stands in it. */
export interface RuleBox {
  /** What jumps name it by. */
  readonly name: string;
  readonly kind: "base chain" | "chain" | "set" | "map" | "virtual server";
  readonly title: string;
  /** `policy ACCEPT`, `type nat hook prerouting`; empty for none. */
  readonly note: string;
  readonly lines: readonly RuleLine[];
}

/** A rule, an element or a real server. */
export interface RuleLine {
  /** As the program lists it, without its comment. */
  readonly text: string;
  /** Who wanted it so: the object and the reason, or else the comment; empty for nobody. */
  readonly why: string;
  /** The boxes that a packet may go on to from here. */
  readonly to: readonly string[];
}

/** The boxes of one table, or all virtual servers. */
export interface RuleGroup {
  readonly heading: string;
  readonly boxes: readonly RuleBox[];
}

/** `Service default/web: cluster IP`. */
export function whyText(origin: Origin | undefined, comment = ""): string {
  return origin === undefined ? comment : `${origin.object}: ${origin.reason}`;
}
