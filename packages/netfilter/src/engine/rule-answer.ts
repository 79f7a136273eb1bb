/** What a rule asks of NAT. */
export const natKind = { none: 0, destination: 1, masquerade: 2, redirect: 3 } as const;

/** What the last run through chains left beside its verdict. The evaluators of one family's rules share it. */
export class RuleAnswer {
  /** `natKind`, and its address, port (-1: as it is) and whether the port is to be random. */
  nat = 0;
  readonly natAddress: Int32Array = new Int32Array(4);
  natPort = -1;
  natRandom = false;
}
