import type { Difference } from "./difference.ts";
import type { Removable } from "./shrink.ts";

/** One of our parts beside the real program: random cases, the real one's answers, and where ours differs from them. */
export interface Comparison<Case extends object, Answer> {
  /** How many cases are asked about at once. */
  readonly casesAtOnce: number;
  /** What may be taken away from a case that differs. */
  readonly removable: Removable;
  /** The same case for the same seed. */
  draw(seed: number): Case;
  /**
   * Answers stand in the order of the cases; `answered` hears how many there are.
   *
   * @throws CannotCompare where the real program cannot run
   */
  ask(cases: readonly Case[], answered?: (count: number) => void): Promise<readonly Answer[]>;
  /** The first difference between the real answer and ours; undefined when there is none. */
  differenceOf(one: Case, answer: Answer): Difference | undefined;
  /** What to keep of a case that differs, as a recorded test. */
  record(one: Case, answer: Answer): unknown;
}

/** The real program cannot run here; the message says why. */
export class CannotCompare extends Error {}
