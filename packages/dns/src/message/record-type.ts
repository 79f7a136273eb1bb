/** Types of records by name, with their numbers: IANA "Domain Name System (DNS) Parameters". */
const typeNumbers = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  NAPTR: 35,
  OPT: 41,
  DS: 43,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  SVCB: 64,
  HTTPS: 65,
  SPF: 99,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
  CAA: 257,
} as const;

type NamedType = keyof typeof typeNumbers;

/** `A`, `SRV` …; `TYPE4711` for one that has no name here (RFC 3597, section 5). */
export type RecordType = NamedType | `TYPE${number}`;

const typeNames = new Map<number, NamedType>(
  Object.entries(typeNumbers).map(([name, number]) => [number, name as NamedType]),
);

export function recordTypeNamed(number: number): RecordType {
  return typeNames.get(number) ?? `TYPE${number}`;
}

export function recordTypeNumber(type: RecordType): number {
  return type in typeNumbers ? typeNumbers[type as NamedType] : Number(type.slice("TYPE".length));
}

/** The type that a text names, in any case: `srv`, `TYPE65`. Undefined for other texts. */
export function parseRecordType(text: string): RecordType | undefined {
  const upper = text.toUpperCase();
  if (Object.hasOwn(typeNumbers, upper)) return upper as NamedType;
  const number = /^TYPE(\d{1,5})$/.exec(upper)?.[1];
  return number !== undefined && Number(number) <= 0xffff ? recordTypeNamed(Number(number)) : undefined;
}
