import { painted } from "@kubenetsim/display/paint";
import { element } from "@kubenetsim/display/svg";
import { letters as drawLetters, label } from "./drawn-text.ts";
import { letterAt } from "./state-view.ts";
import type { StepRow } from "./step-rows.ts";

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
 *
 * @param first the number of the first step
 */
export function drawTables(rows: readonly StepRow[], first: number, left: number, top: number): TablesDrawing {
  const parts: string[] = [];
  let bottom = top;
  let before: readonly string[] | undefined;
  for (const [at, row] of rows.entries()) {
    const letters = row.view.table?.map((index) => (index < 0 ? "-" : letterAt(row.servers, index)));
    if (letters === undefined || sameLetters(letters, before)) continue;
    const changed = before === undefined ? 0 : letters.filter((letter, place) => letter !== before![place]).length;
    parts.push(label(left, bottom + 12, heading(at + first, letters.length, before && changed)));
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
  const parts = [];
  for (let first = 0; first < letters.length; first += perRow) {
    const y = top + (first / perRow) * cellHeight;
    const places = letters.slice(first, first + perRow).map((letter, at) => {
      const moved = before !== undefined && before[first + at] !== letter;
      return { letter, x: left + at * cellWidth, moved };
    });
    const moved = places.filter((place) => place.moved);
    const steps = places.map(({ x }) => `M${x} ${y}h${cellWidth}v${cellHeight}h-${cellWidth}z`);
    parts.push(element("path", { d: steps.join(""), ...painted("lane") }));
    for (const { x } of moved) {
      parts.push(element("rect", { x, y, width: cellWidth, height: cellHeight, ...painted("change") }));
    }
    parts.push(
      drawLetters(
        y + 13,
        places.map(({ letter, x, moved: bold }) => ({ letter, x: x + cellWidth / 2, bold })),
      ),
    );
  }
  return parts;
}

function sameLetters(a: readonly string[], b: readonly string[] | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((letter, at) => letter === b[at]);
}
