/** An exact fraction of all packets, in lowest terms or not. */
export interface ExactShare {
  readonly numerator: bigint;
  readonly denominator: bigint;
}
