/** The first line in which two texts differ, said on one line; undefined when they are equal. */
export function firstDifference(expected: readonly string[], actual: readonly string[]): string | undefined {
  const length = Math.max(expected.length, actual.length);
  for (let i = 0; i < length; i++) {
    if (expected[i] !== actual[i]) return `line ${i + 1}: expected ${quote(expected[i])}, got ${quote(actual[i])}`;
  }
  return undefined;
}

/** The first member that only one of two sets has; undefined when they are equal. */
export function firstSetDifference(expected: readonly string[], actual: readonly string[]): string | undefined {
  return firstDifference([...expected].sort(), [...actual].sort());
}

function quote(line: string | undefined): string {
  return line === undefined ? "nothing" : JSON.stringify(line);
}
