import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";

/**
 * The lines of kubectl's answer without what differs from run to run: the drawn ends of slices' names, the order of a slice's
 * endpoints (that of Endpoints follows from it), which of them are shown when there are more, the width of a column with such
 * ones, and the order of slices, which is that of their names.
 */
export function comparableLines(answer: string, state: ClusterState): string[] {
  const tables = withNamesHidden(answer, state).trimEnd().split("\n\n");
  return tables.flatMap((table, i) => [...(i === 0 ? [] : [""]), ...calmTable(table)]);
}

function withNamesHidden(text: string, { tables }: ClusterState): string {
  let hidden = text;
  for (const { metadata } of tables.EndpointSlice) {
    if (metadata.generateName === undefined) continue;
    hidden = hidden.replaceAll(metadata.name, `${metadata.generateName}xxxxx`);
  }
  return hidden;
}

const addressList = /(?<= )\S*\d[.:]\S*,\S+/g;

function calmTable(table: string): string[] {
  // Whether one that is not ready comes last is chance, too.
  const lines = table.replaceAll(" + 0 more...", "").split("\n");
  const isSqueezed = /xxxxx| \+ [1-9]\d* more\.\.\.|ENDPOINTS/.test(table);
  const calmed = lines.map((line) => calmLine(isSqueezed ? line.replace(/ +/g, " ") : line));
  if (!/xxxxx/.test(table)) return calmed;
  const [head = "", ...rows] = calmed;
  return [head, ...rows.sort()];
}

function calmLine(line: string): string {
  return line
    .replace(/\S+( \+ \d+ more\.\.\.)/, "…$1")
    .replace(/(?<=xxxxx .*) \d+s$/, " 10s")
    .replace(addressList, (list) => list.split(",").sort().join(","));
}
