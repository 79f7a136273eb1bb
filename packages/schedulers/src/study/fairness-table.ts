import { letterOf } from "../servers.ts";
import type { Disturbance } from "./disturbance.ts";
import type { Basis, Fairness } from "./fairness.ts";
import { type Fraction, formatDecimal, formatFraction, formatPercent } from "./fraction.ts";
import { alignColumns } from "./step-table.ts";

/** Longer fractions are for machines: 2^31 to the power of 21 tries has 196 digits. */
const longestFraction = 48;

/**
 * A `Fairness` as text: where it comes from, then each server's share, longest run and largest gap. A share with a fraction of
 * more than 48 characters stands as `≈ 0.333333333333`; the `Fairness` has it exactly.
 */
export function fairnessTable(result: Fairness): string {
  const { nobody } = result;
  const rows = result.servers.map(({ id, share, longestRun, longestGap }) => [
    letterOf(id),
    shareText(share),
    formatPercent(share),
    String(longestRun ?? "-"),
    String(longestGap ?? "-"),
  ]);
  if (nobody.numerator > 0n) rows.push(["none", shareText(nobody), formatPercent(nobody), "-", "-"]);
  const columns = result.basis.kind === "odds" ? 3 : 5;
  const head = ["server", "share", "", "longest run", "largest gap"];
  const table = alignColumns([head, ...rows].map((row) => row.slice(0, columns)));
  const { discrepancy, examined } = result;
  const end = [];
  if (discrepancy !== undefined) end.push(`discrepancy (picks): ${formatFraction(discrepancy)}`);
  if (examined !== undefined) {
    end.push(`servers examined for a pick: ${formatFraction(examined.mean)} in the mean, ${examined.most} at most`);
  }
  return [describeBasis(result.basis), table, ...end].join("\n");
}

function shareText(share: Fraction): string {
  const exact = formatFraction(share);
  return exact.length <= longestFraction ? exact : `≈ ${formatDecimal(share, 12)}`;
}

/** One line: `had 25.0%, moved needlessly 0.3%, refused 0.0%, elsewhere once it is back 1.3%`. */
export function disturbanceLine({ had, moved, refused, elsewhere }: Disturbance): string {
  return [
    `had ${formatPercent(had)}`,
    `moved needlessly ${formatPercent(moved)}`,
    `refused ${formatPercent(refused)}`,
    `elsewhere once it is back ${formatPercent(elsewhere)}`,
  ].join(", ");
}

function describeBasis(basis: Basis): string {
  if (basis.kind === "odds") return "exact odds of each request";
  if (basis.kind === "arrivals") return `no period; counted over ${basis.length} arrivals`;
  return `period ${basis.length}${basis.before > 0 ? `, entered after pick ${basis.before}` : ""}`;
}
