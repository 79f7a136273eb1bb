/** One rule's `-m statistic --mode nth --every E --packet P`. */
export interface NthRule {
  readonly every: number;
  /** Below `every`. */
  readonly packet: number;
}

/** Where a rule's counter stands before the first packet: it comes round to 0 at packet number `packet`, counted from 0. */
export function nthStart({ every, packet }: NthRule): number {
  return every - 1 - packet;
}

/** The counter after one more packet; the rule matches where that is 0 (net/netfilter/xt_statistic.c). */
export function nthNext({ every }: NthRule, counter: number): number {
  return counter === every - 1 ? 0 : counter + 1;
}

/** The usual rules for `count` servers: `--every n --packet 0`, then n − 1 of those that are left, down to 1. */
export function nthCascade(count: number): NthRule[] {
  return Array.from({ length: count }, (_, i) => ({ every: count - i, packet: 0 }));
}

/**
 * A packet through rules that stand one behind the other: only those that it comes to count it.
 *
 * @param counters one a rule, from `nthStart`; those passed are written
 * @returns index of the rule that matches; the number of rules when none does
 */
export function walkNth(rules: readonly NthRule[], counters: number[]): number {
  for (const [i, rule] of rules.entries()) {
    counters[i] = nthNext(rule, counters[i]!);
    if (counters[i] === 0) return i;
  }
  return rules.length;
}
