import { letterAt } from "./state-view.ts";
import type { StepRow } from "./step-rows.ts";
import { element, text } from "./svg.ts";

const perRow = 64;
const cellWidth = 13;
const cellHeight = 18;
const drawnPlaces = 512;

export interface TablesDrawing {
  readonly parts: readonly string[];
  readonly width: number;
  readonly bottom: number;
}

/**
 * The tables that the steps went through, one below the other; in each but the first, what changed is marked. Of a large
 * one the first 512 places.
 */
export function drawTables(rows: readonly StepRow[], left: number, top: number): TablesDrawing {
  const parts: string[] = [];
  let bottom = top;
  let before: readonly string[] | undefined;
  for (const [at, row] of rows.entries()) {
    const letters = row.view.table?.map((index) => (index < 0 ? "-" : letterAt(row.servers, index)));
    if (letters === undefined || sameLetters(letters, before)) continue;
    const changed = before === undefined ? 0 : letters.filter((letter, place) => letter !== before![place]).length;
    parts.push(
      element("text", { x: left, y: bottom + 12, class: "label" }, heading(at, letters.length, before && changed)),
    );
    bottom += 20;
    parts.push(...drawPlaces(letters.slice(0, drawnPlaces), before, left, bottom));
    bottom += Math.ceil(Math.min(letters.length, drawnPlaces) / perRow) * cellHeight + 14;
    before = letters;
  }
  return { parts, width: parts.length === 0 ? 0 : left * 2 + perRow * cellWidth, bottom };
}

function heading(step: number, places: number, changed: number | undefined): string {
  const which = places > drawnPlaces ? `the first ${drawnPlaces} of ${places} places` : `all ${places} places`;
  const difference = changed === undefined ? "" : `; ${changed} lead elsewhere than before`;
  return `table at step ${step}, ${which}, row by row${difference}`;
}

function drawPlaces(
  letters: readonly string[],
  before: readonly string[] | undefined,
  left: number,
  top: number,
): string[] {
  return letters.map((letter, place) => {
    const x = left + (place % perRow) * cellWidth;
    const y = top + Math.floor(place / perRow) * cellHeight;
    const moved = before !== undefined && before[place] !== letter;
    const box = { x, y, width: cellWidth, height: cellHeight, class: moved ? "changed" : "place" };
    return element("rect", box) + text(x + cellWidth / 2, y + 13, letter, moved ? "over" : "");
  });
}

function sameLetters(a: readonly string[], b: readonly string[] | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((letter, at) => letter === b[at]);
}
