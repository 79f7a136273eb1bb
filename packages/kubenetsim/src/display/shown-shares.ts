import { type Displayed, displayAs } from "@kubenetsim/display/display";
import { figureWith, htmlTable } from "@kubenetsim/display/html";
import { drawTable, type TableDrawing } from "@kubenetsim/display/table-drawing";
import type { Share } from "@kubenetsim/network/shares/shares";
import { sharesToJson } from "@kubenetsim/network/shares/shares-to-json";
import { shareCells, shareTable } from "../print/share-table.ts";

/** Lets shares show themselves; they stay an array. */
export const shownShares: <T extends readonly Share[]>(shares: T) => T & Displayed = displayAs<readonly Share[]>(
  {
    text: shareTable,
    svg: (shares) => drawTable(table(shares)),
    html: (shares) => figureWith(drawTable(table(shares)), "as a table", htmlTable(table(shares))),
    json: sharesToJson,
  },
  Array.prototype,
);

function table(shares: readonly Share[]): TableDrawing {
  const [head, ...rows] = shareCells(shares);
  return {
    title: "What may become of the next connection",
    description: "Each outcome with its exact chance; together they are 1",
    head: head!,
    rows,
    footer: "exact odds: nothing is sampled",
  };
}
