import type { SourcePosition } from "@kubenetsim/core/runtime/errors";

/** A word of a Corefile. Quotes around it are gone. */
export interface CorefileWord {
  readonly text: string;
  /** Where it begins. */
  readonly position: SourcePosition;
}

/**
 * A line of a Corefile with what stands in its braces: a plugin within a server block, or an option within a plugin.
 * `cache 30 { disable success cluster.local }` is `cache` with one argument and one line in its block.
 */
export interface Directive {
  readonly name: string;
  readonly position: SourcePosition;
  readonly args: readonly CorefileWord[];
  /** Undefined where no braces stand. */
  readonly block?: readonly Directive[] | undefined;
  /** All of its words, the name and the braces with them: what a `Dispenser` goes through. */
  readonly words: readonly CorefileWord[];
}

/** Where a server block answers: `cluster.local:53`, `dns://.:1053`, `10.0.0.0/24`. */
export interface ServerKey {
  /** Lower case, fully qualified. */
  readonly zone: string;
  readonly port: number;
  readonly transport: "dns";
  readonly position: SourcePosition;
}

export interface ServerBlock {
  readonly keys: readonly ServerKey[];
  /** In the order of the text; which plugin acts first is compiled in (plugins/plugin-order.ts). */
  readonly directives: readonly Directive[];
}

export interface Corefile {
  /** As errors name it: `Corefile`. */
  readonly source: string;
  readonly blocks: readonly ServerBlock[];
}
