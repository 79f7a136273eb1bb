import { labelsOf } from "@kubenetsim/dns/message/dns-name";

/** What BIND's programs find wrong with a name (lib/dns/name.c, result texts); undefined for nothing. */
export function nameProblem(name: string): string | undefined {
  if (name === ".") return undefined;
  if (/(^|[^\\])\.\./.test(name) || name.startsWith(".")) return "empty label";
  const labels = labelsOf(name);
  if (labels.some((label) => label.length > 63)) return "label too long";
  return labels.reduce((size, label) => size + label.length + 1, 1) > 255 ? "ran out of space" : undefined;
}
