/** Response codes by name, with their numbers (RFC 1035, section 4.1.1; RFC 6891 for BADVERS). */
const rcodeNumbers = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  BADVERS: 16,
} as const;

type NamedRcode = keyof typeof rcodeNumbers;

/** `NXDOMAIN` …; `RCODE11` for one without a name. */
export type Rcode = NamedRcode | `RCODE${number}`;

const rcodeNames = new Map<number, NamedRcode>(
  Object.entries(rcodeNumbers).map(([name, number]) => [number, name as NamedRcode]),
);

export function rcodeNamed(number: number): Rcode {
  return rcodeNames.get(number) ?? `RCODE${number}`;
}

export function rcodeNumber(rcode: Rcode): number {
  return rcode in rcodeNumbers ? rcodeNumbers[rcode as NamedRcode] : Number(rcode.slice("RCODE".length));
}

/** The code that a text names, in any case. Undefined for other texts. */
export function parseRcode(text: string): Rcode | undefined {
  const upper = text.toUpperCase();
  return Object.hasOwn(rcodeNumbers, upper) ? (upper as NamedRcode) : undefined;
}
