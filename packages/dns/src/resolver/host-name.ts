import { utf8ToBytes } from "@noble/hashes/utils.js";
import type { DnsName } from "../message/resource-record.ts";
import { escapeLabel } from "../wire/escaped-text.ts";

const longestLabel = 63;
const longestName = 253;

/**
 * Is it a name that glibc asks for (res_hnok)? Letters, digits, `-` and `_`, no dash at the beginning. For others it asks nobody and says
 * that they are not known.
 */
export function isGlibcHostName(name: string): boolean {
  if (name === ".") return true;
  return /^(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?$/.test(name) && bare(name).length <= longestName;
}

/** The name in a query of musl's, which takes any bytes (res_mkquery); undefined where labels are empty or too long. Without the last dot. */
export function muslName(name: string): DnsName | undefined {
  const labels = name.split(".").map((label) => utf8ToBytes(label));
  const length = labels.reduce((sum, label) => sum + label.length + 1, -1);
  if (length > longestName || labels.some((label) => label.length === 0 || label.length > longestLabel))
    return undefined;
  return labels.map((label) => `${escapeLabel(label, 0, label.length)}.`).join("");
}

function bare(name: string): string {
  return name.replace(/\.$/, "");
}
