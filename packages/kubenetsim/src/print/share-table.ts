import { alignColumns } from "@kubenetsim/kubectl/output/align-columns";
import { type Ratio, ratioText, toNumber } from "@kubenetsim/network/shares/ratio";
import type { Share } from "@kubenetsim/network/shares/shares";

/** Longer fractions (some thousand digits for some hundred endpoints) only JSON shows whole. */
const longestFraction = 45;

/** Head and rows of the table. */
export function shareCells(shares: readonly Share[]): string[][] {
  const rows = shares.map(({ disposition, endpoint, host, chance }) => [
    disposition,
    endpoint ?? "<none>",
    host,
    `${(toNumber(chance) * 100).toFixed(8)}%`,
    exactText(chance),
  ]);
  return [["OUTCOME", "ENDPOINT", "HOST", "SHARE", "EXACT"], ...rows];
}

/** One line for each thing that may happen: what, where, at which host, how likely in percent, and as a fraction. */
export function shareTable(shares: readonly Share[]): string {
  return alignColumns(shareCells(shares));
}

function exactText(chance: Ratio): string {
  const text = ratioText(chance);
  return text.length > longestFraction ? "(see JSON)" : text;
}
