import type { Cost } from "@kubenetsim/core/trace/cost";
import { type Estimate, estimate } from "@kubenetsim/network/cost/estimate";
import { missingText } from "@kubenetsim/network/cost/estimate-text";
import type { CostModel } from "@kubenetsim/network/cost/model";
import { costModels } from "@kubenetsim/network/cost/models";
import { type LogLogChart, renderLogLogChart } from "../plot/log-log-chart.ts";
import { version } from "../version.ts";
import type { ModeComparison } from "./compare-modes.ts";

/** Everything that was looked at for a packet: rules, entries of sets, entries of IPVS's tables, real servers. */
export function stepsOf(cost: Cost): number {
  return cost.rulesCompared + cost.setLookups + cost.hashLookups + cost.bucketEntriesCompared + cost.serversExamined;
}

/** A column of estimates: a mode's counts by a model's constants. */
interface EstimateColumn {
  readonly mode: "iptables" | "ipvs" | "nftables";
  readonly model: CostModel;
}

const usualColumns: readonly EstimateColumn[] = [
  { mode: "iptables", model: costModels["linux-6.18-iptables-legacy"] },
  { mode: "iptables", model: costModels["linux-6.18-iptables-nft"] },
  { mode: "ipvs", model: costModels["linux-6.1-uml"] },
  { mode: "nftables", model: costModels["linux-6.18-iptables-nft"] },
];

/**
 * The comparison as a table of counts, with estimated times in columns of their own and the models below.
 *
 * @param model estimates all modes; unless given, each is estimated by the built-in models that have its constants
 */
export function comparisonTable(rows: readonly ModeComparison[], model?: CostModel): string {
  const modes = ["iptables", "ipvs", "nftables"] as const;
  const columns = model === undefined ? usualColumns : modes.map((mode) => ({ mode, model }));
  const cells = rows.map((row) => [
    grouped(row.services),
    grouped(row.iptables.rulesCompared),
    grouped(row.ipvs.rulesCompared),
    grouped(row.ipvs.setLookups),
    grouped(row.ipvs.hashLookups),
    grouped(row.ipvs.bucketEntriesCompared),
    grouped(row.nftables.rulesCompared),
    grouped(row.nftables.setLookups),
    ...columns.map((column) => microseconds(estimate(row[column.mode], column.mode, column.model))),
  ]);
  return [
    ...alignRight([
      ["", "iptables", ...Array<string>(4).fill("ipvs"), "nftables", "nftables", ...columns.map(({ mode }) => mode)],
      [
        "Services",
        "rules",
        "rules",
        "ipset",
        "hash",
        "entries",
        "rules",
        "set",
        ...columns.map((_, i) => `µs [${i + 1}]`),
      ],
      [
        "added",
        "compared",
        "compared",
        "look-ups",
        "look-ups",
        "compared",
        "compared",
        "look-ups",
        ...columns.map(() => "estimate"),
      ],
      ...cells,
    ]),
    "",
    ...lawLines(rows),
    ...userspaceLines(rows),
    "Counts are exact. Estimates are counts times constants measured on one machine, with what the ends of their ranges make of",
    "it: good for ratios, rough as times.",
    ...columns.map((column, i) => `[${i + 1}] ${modelLine(column)}`),
    ...columns.flatMap((column) => missingLines(column, rows)),
    "",
  ].join("\n");
}

function modelLine({ model }: EstimateColumn): string {
  return `${model.name}: ${model.kernel}; ${model.date}`;
}

function missingLines({ mode, model }: EstimateColumn, rows: readonly ModeComparison[]): string[] {
  const missing = new Set(rows.flatMap((row) => estimate(row[mode], mode, model).missing));
  return missing.size === 0 ? [] : [`none for ${mode}: ${missingText(model, [...missing])}`];
}

/** What the counts follow, if they follow it in every row. */
function lawLines(rows: readonly ModeComparison[]): string[] {
  const first = rows[0];
  if (first === undefined) return [];
  const offset = first.iptables.rulesCompared - first.services;
  const linear = rows.every((row) => row.iptables.rulesCompared === row.services + offset);
  const constant = (mode: "ipvs" | "nftables"): boolean =>
    rows.every((row) => stepsOf(row[mode]) === stepsOf(first[mode]));
  const always = "however many Services there are";
  const servers = first.ipvs.serversExamined;
  const examined = `${grouped(servers)} real ${servers === 1 ? "server" : "servers"} examined`;
  return [
    ...(linear ? [`iptables compares N + ${grouped(offset)} rules for the last of N added Services.`] : []),
    ...(constant("ipvs")
      ? [`ipvs takes ${grouped(stepsOf(first.ipvs))} steps (its columns, and ${examined}), ${always}.`]
      : []),
    ...(constant("nftables")
      ? [`nftables takes ${grouped(stepsOf(first.nftables))} steps (its columns), ${always}.`]
      : []),
  ];
}

/** Userspace mode's rules are not in the table: they are those of two connections. */
function userspaceLines(rows: readonly ModeComparison[]): string[] {
  const counts = rows.flatMap(({ services, userspace }) =>
    userspace === undefined ? [] : [`${grouped(userspace.rulesCompared)} with ${grouped(services)}`],
  );
  if (counts.length === 0) return [];
  return [
    `userspace, which Kubernetes had until 1.25, compares these rules for its two connections: ${counts.join(", ")}.`,
  ];
}

/** The same as a picture, with the seed in its corner. */
export function comparisonChart(rows: readonly ModeComparison[], seed: string): string {
  const last = rows.at(-1)!;
  const chart: LogLogChart = {
    title: "A new connection to the last of N Services",
    description: `Steps of the kernel on the way there, both axes logarithmic. With ${grouped(last.services)} Services: iptables ${grouped(stepsOf(last.iptables))}, ipvs ${grouped(stepsOf(last.ipvs))}, nftables ${grouped(stepsOf(last.nftables))}.`,
    xLabel: "N: Services added to the cluster",
    yLabel: "rules compared + set and hash look-ups",
    series: [
      { name: "iptables", points: rows.map((row) => [row.services, stepsOf(row.iptables)] as const) },
      { name: "ipvs", points: rows.map((row) => [row.services, stepsOf(row.ipvs)] as const) },
      { name: "nftables", points: rows.map((row) => [row.services, stepsOf(row.nftables)] as const) },
      ...userspaceSeries(rows),
    ],
    footer: [`compare, seed ${JSON.stringify(seed)}, kubenetsim ${version}`],
  };
  return renderLogLogChart(chart);
}

function userspaceSeries(rows: readonly ModeComparison[]): LogLogChart["series"] {
  const points = rows.flatMap(({ services, userspace }) =>
    userspace === undefined ? [] : [[services, stepsOf(userspace)] as const],
  );
  return points.length === 0 ? [] : [{ name: "userspace", points }];
}

function alignRight(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column]!)).join("  "));
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}

function microseconds({ ns, lowNs, highNs, missing }: Estimate): string {
  if (missing.length > 0) return "none";
  return `${(ns / 1000).toFixed(1)} (${(lowNs / 1000).toFixed(1)}–${(highNs / 1000).toFixed(1)})`;
}
