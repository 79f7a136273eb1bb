/** A form in which two transactions that do the same are equal: only the rules of a chain keep their order. */
export function canonicalNftInput(text: string): string {
  const lines = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replace(/ip6? daddr \{ (.*) \} drop/, sortedRanges));
  const isRule = (line: string): boolean => line.startsWith("add rule ");
  const chainOf = (line: string): string => line.split(" ", 5)[4]!;
  const rules = lines.filter(isRule).sort((a, b) => (chainOf(a) < chainOf(b) ? -1 : chainOf(a) > chainOf(b) ? 1 : 0));
  return [...lines.filter((line) => !isRule(line)).sort(), ...rules, ""].join("\n");
}

/** kube-proxy takes the cluster's CIDRs from a Go map, and joins them without spaces. */
function sortedRanges(text: string, ranges: string): string {
  return text.replace(ranges, ranges.split(/ ?, ?/).sort().join(","));
}
