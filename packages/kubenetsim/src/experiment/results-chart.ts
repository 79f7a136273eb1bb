import { ParseError } from "@kubenetsim/core/runtime/errors";
import { renderLogLogChart, type Series } from "../plot/log-log-chart.ts";
import type { Plot, PlotAxis } from "./experiment.ts";
import { type MeasureName, measureNames, measureTitle } from "./measures.ts";
import { parameterNames } from "./parameters.ts";
import type { CellResult, ExperimentResults } from "./results.ts";
import { modelText, seedText } from "./results-text.ts";

/** Is there a plot, and anything above 0 to draw in it? */
export function isPlottable({ experiment: { plot }, results }: ExperimentResults): boolean {
  if (plot === undefined) return false;
  return linesOf(plot, results).some(({ points }) => points.some(([x, y]) => x > 0 && y > 0));
}

/**
 * The plot of an experiment as SVG. Of an estimate it says so, with its model, and draws its spread.
 *
 * @throws ParseError for one without a plot, or without any point above 0
 */
export function resultsChart(results: ExperimentResults): string {
  const { experiment, version, partial } = results;
  const { plot, costModels = [] } = experiment;
  if (plot === undefined) throw new ParseError(`the experiment ${experiment.name} has no plot`);
  const series = linesOf(plot, results.results);
  if (!isPlottable(results)) {
    throw new ParseError(`the experiment ${experiment.name} has nothing above 0 to plot`);
  }
  const model = costModels.find(({ name }) => name === plot.measure);
  const what = isMeasure(plot.measure)
    ? measureTitle(plot.measure)
    : `estimated time, ns a packet (by ${plot.measure})`;
  const from = `${experiment.name}, ${seedText(experiment.seeds)}, kubenetsim ${version}${partial ? ", PARTIAL" : ""}`;
  return renderLogLogChart({
    title: experiment.title,
    description: `${what}, by ${plot.over}; both axes logarithmic.`,
    xLabel: axisNames[plot.over],
    yLabel: what,
    series,
    footer: model === undefined ? [from] : [`An estimate with its spread. ${modelText(model)}`, from],
  });
}

const axisNames: Readonly<Record<PlotAxis, string>> = {
  services: "N: Services in the cluster",
  endpoints: "E: endpoints of each Service",
  nodes: "nodes",
  sourceRanges: "R: source ranges of each Service",
  churn: "Services that change between two syncs",
  endpointChurn: "endpoints that each changed Service loses or gains",
};

function isMeasure(name: string): name is MeasureName {
  return measureNames.some((measure) => measure === name);
}

/** All but the line's and the axis's parameters are what they are in the first cell. */
function linesOf({ over, measure, lines }: Plot, results: readonly CellResult[]): Series[] {
  const first = results[0];
  if (first === undefined) return [];
  const fixed = parameterNames.filter((name) => name !== over && name !== lines);
  const drawn = results.filter(
    ({ parameters, seed }) => seed === first.seed && fixed.every((name) => parameters[name] === first.parameters[name]),
  );
  const names = [...new Set(drawn.map(({ parameters }) => String(parameters[lines])))];
  return names.map((name) => ({
    name,
    points: drawn
      .filter(({ parameters }) => String(parameters[lines]) === name)
      .map((result) => [result.parameters[over], ...plotted(measure, result)] as const)
      .sort((a, b) => a[0] - b[0]),
  }));
}

/** With its spread, where it has one. */
function plotted(measure: string, { measured, estimated }: CellResult): [number, (readonly [number, number])?] {
  if (isMeasure(measure)) return [measured[measure] ?? 0];
  const estimate = estimated?.[measure];
  if (estimate === undefined || "missing" in estimate) return [0];
  return [estimate.ns, [estimate.lowNs, estimate.highNs]];
}
