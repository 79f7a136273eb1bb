import { type Displayed, displayAs } from "@kubenetsim/display/display";
import { figureWith, htmlTable } from "@kubenetsim/display/html";
import { drawTable, type TableDrawing } from "@kubenetsim/display/table-drawing";
import type { ExperimentResults } from "../experiment/results.ts";
import { isPlottable, resultsChart } from "../experiment/results-chart.ts";
import { resultsCells, resultsNotes, resultsTable } from "../experiment/results-text.ts";

/** Rows of results on a page; how many there are beyond is said below. */
export const shownRows = 500;

/** Lets an experiment's results show themselves: the plot, or where there is none the table. */
export const shownResults: <T extends ExperimentResults>(results: T) => T & Displayed = displayAs<ExperimentResults>({
  text: resultsTable,
  svg: drawResults,
  html: (results) => {
    const { head, rows } = table(results);
    const more = rows.length - shownRows;
    const notes = resultsNotes(results);
    if (more > 0) notes.unshift(`${more} more rows are not shown: the limit is ${shownRows}.`);
    const markup = htmlTable({ head, rows: rows.slice(0, shownRows), footer: notes.join(" ") });
    return figureWith(drawResults(results), "as a table", markup);
  },
});

function drawResults(results: ExperimentResults): string {
  return isPlottable(results) ? resultsChart(results) : drawTable(table(results));
}

function table(results: ExperimentResults): TableDrawing {
  const { experiment, version, partial, cells } = results;
  const state = partial ? `PARTIAL: ${results.results.length} of ${cells} cells` : `${cells} cells`;
  const { head, rows } = resultsCells(results);
  const title = experiment.title;
  const notes = (experiment.costModels ?? []).map(({ name }, i) => `, ≈ns[${i + 1}] estimated by ${name}`);
  const footer = `${experiment.name}, ${state}, kubenetsim ${version}${notes.join("")}`;
  return { title, description: `${title}: a row for each cell of the experiment`, head, rows, footer };
}
