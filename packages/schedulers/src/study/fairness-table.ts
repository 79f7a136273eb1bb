import { letterOf } from "../servers.ts";
import type { Disturbance } from "./disturbance.ts";
import type { Basis, Fairness } from "./fairness.ts";
import { formatFraction, formatPercent } from "./fraction.ts";
import { alignColumns } from "./step-table.ts";

/** A `Fairness` as text: where it comes from, then each server's share, longest run and largest gap. */
export function fairnessTable(result: Fairness): string {
  const { nobody } = result;
  const rows = result.servers.map(({ id, share, longestRun, longestGap }) => [
    letterOf(id),
    formatFraction(share),
    formatPercent(share),
    String(longestRun ?? "-"),
    String(longestGap ?? "-"),
  ]);
  if (nobody.numerator > 0n) rows.push(["none", formatFraction(nobody), formatPercent(nobody), "-", "-"]);
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
