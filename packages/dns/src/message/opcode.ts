const opcodeNames = ["QUERY", "IQUERY", "STATUS", undefined, "NOTIFY", "UPDATE"] as const;

/** `QUERY`, `NOTIFY` …; `OPCODE9` for one without a name (RFC 1035, section 4.1.1). */
export type Opcode = Exclude<(typeof opcodeNames)[number], undefined> | `OPCODE${number}`;

export function opcodeNamed(number: number): Opcode {
  return opcodeNames[number] ?? `OPCODE${number}`;
}

export function opcodeNumber(opcode: Opcode): number {
  const index = (opcodeNames as readonly (string | undefined)[]).indexOf(opcode);
  return index >= 0 ? index : Number(opcode.slice("OPCODE".length));
}
