/**
 * How chains stand in a program's code, one Int32Array for all of a family. Before a chain's first record: its number, and
 * where its code ends (-1 once the chain has been compiled anew elsewhere). Then one record per rule, in order:
 *
 * - word 0: flags (low 12 bits), target kind (4 bits), length of the record in words (high 16 bits)
 * - word 1: index of the rule in its chain (low 24 bits), how many matches it has (high 8 bits)
 * - word 2: the run that it belongs to, or where its cascade's record begins
 * - conditions, as the flags say: destination, source (an address, then its mask if masked; one or four words each),
 *   protocol, in and out device
 * - match operations
 * - the target's arguments
 *
 * A cascade of `statistic` rules has a record of its own before its first rule: flags, rules, words a rule, index of the
 * first, matches that a rule costs when the draw passes it, then the chance that the draw passes its first k rules for
 * k = 0 … rules, as a fraction of 2^52 in two words: the high 30 bits (2^30 for certainty), the low 22.
 */
export const headerLength = 3;

export const cascadeField = { count: 1, stride: 2, firstRule: 3, cost: 4, survivals: 5 } as const;
/** Where the record of a cascade's rule begins; of rule 0 it is where the cascade's own ends. */
export function cascadeRule(code: Int32Array, cascade: number, rule: number): number {
  const length = cascadeField.survivals + 2 * (code[cascade + cascadeField.count]! + 1);
  return cascade + length + rule * code[cascade + cascadeField.stride]!;
}

export const highBits = 30;
export const lowBits = 22;

export const ruleFlag = {
  /** Member of a run that the index jumps within. */
  runMember: 1,
  destination: 2,
  destinationMasked: 4,
  destinationNegated: 8,
  source: 16,
  sourceMasked: 32,
  sourceNegated: 64,
  /** Word: number, negation in bit 8. */
  protocol: 128,
  /** Words: in, out; -1 for none, else the device condition's id. */
  devices: 256,
  matches: 512,
  /** Member of a cascade of `statistic` rules. */
  cascadeMember: 1024,
  /** Not a rule: the record of a cascade. */
  cascade: 2048,
} as const;

/** Those about the destination, and about the header and devices at all. */
export const destinationFlags: number = ruleFlag.destination | ruleFlag.destinationMasked | ruleFlag.destinationNegated;
export const conditionFlags: number =
  destinationFlags |
  ruleFlag.source |
  ruleFlag.sourceMasked |
  ruleFlag.sourceNegated |
  ruleFlag.protocol |
  ruleFlag.devices;

export const targetShift = 12;

export const targetCode = {
  none: 0,
  ACCEPT: 1,
  DROP: 2,
  RETURN: 3,
  /** Argument: where the chain begins, or -1 - its number while nobody has come this way. */
  jump: 4,
  goto: 5,
  /** Argument: what `Packet.rejection` then says. */
  REJECT: 6,
  /** Arguments: address words, port or -1. */
  DNAT: 7,
  /** Argument: 1 for --random-fully. */
  MASQUERADE: 8,
  /** Argument: port or -1. */
  REDIRECT: 9,
  /** Arguments: value, mask. */
  MARK: 10,
} as const;

/**
 * A match operation: word 0 holds its kind (low 7 bits), bit 7 for the last one, in bits 8–15 how many of the rule's matches
 * have been evaluated when it is done (comments have no operation of their own but count), its length in the high 16 bits.
 */
export const opCode = {
  /** protocol << 16 | port */
  destinationPort: 1,
  /** protocol, source from << 16 | to, destination from << 16 | to, negations (1 source, 2 destination) */
  transport: 2,
  /** source type | negated << 8 or -1, destination type likewise */
  addrtype: 3,
  /** state bits, negated */
  conntrack: 4,
  /** value, mask, negated */
  mark: 5,
  /** probability · 2^31 (as two words: high bit apart), negated */
  random: 6,
  /** every, which of the counts, negated */
  nth: 7,
  /** condition id */
  recent: 8,
  /** set, directions (2 bits each: 1 src, 2 dst), negated */
  set: 9,
  /** counter */
  nfacct: 10,
  /** negated */
  physdev: 11,
  /** condition id */
  ipvs: 12,
  /** probability · 2^31: holds when the draw chose this rule */
  cascade: 13,
} as const;

export const lastOp = 0x80;

/** Bits of `-m conntrack --ctstate`: 1 << `ctState`, then the two NAT states. */
export const snatStateBit: number = 1 << 5;
export const dnatStateBit: number = 1 << 6;
