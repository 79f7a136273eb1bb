const classNumbers = { IN: 1, CH: 3, HS: 4, NONE: 254, ANY: 255 } as const;

type NamedClass = keyof typeof classNumbers;

/** `IN`, `CH` …; `CLASS32` for one without a name (RFC 3597, section 5). */
export type RecordClass = NamedClass | `CLASS${number}`;

export function recordClassNamed(number: number): RecordClass {
  const named = Object.entries(classNumbers).find(([, value]) => value === number);
  return named === undefined ? `CLASS${number}` : (named[0] as NamedClass);
}

export function recordClassNumber(name: RecordClass): number {
  return name in classNumbers ? classNumbers[name as NamedClass] : Number(name.slice("CLASS".length));
}
