/** A stream of numbers in (0, 1), the same in every language with 64-bit floats (MINSTD, Park and Miller 1993). */
export function stream(caseNumber: number, event: number): () => number {
  let value = 1 + ((caseNumber * 7919 + event * 104729) % 2147483646);
  const next = (): number => {
    value = (value * 48271) % 2147483647;
    return value / 2147483647;
  };
  for (let i = 0; i < 3; i++) next();
  return next;
}
