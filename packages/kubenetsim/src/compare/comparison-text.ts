import type { Cost } from "@kubenetsim/core/trace/cost";
import { estimateNs } from "@kubenetsim/network/cost/estimate";
import { costModels } from "@kubenetsim/network/cost/model";
import { type LogLogChart, renderLogLogChart } from "../plot/log-log-chart.ts";
import type { ModeComparison } from "./compare-modes.ts";

/** Everything that was looked at for a packet: rules, entries of sets, entries of IPVS's tables, real servers. */
export function stepsOf(cost: Cost): number {
  return cost.rulesCompared + cost.setLookups + cost.hashLookups + cost.serversExamined;
}

const estimates = ["iptables-", "iptables-", "ipvs", "nftables"];

/** The comparison as a table of counts, with estimated times in columns of their own and what they are made of below. */
export function comparisonTable(rows: readonly ModeComparison[]): string {
  const cells = rows.map(({ services, iptables, ipvs, nftables }) => [
    grouped(services),
    grouped(iptables.rulesCompared),
    grouped(ipvs.rulesCompared),
    grouped(ipvs.setLookups),
    grouped(ipvs.hashLookups),
    grouped(nftables.rulesCompared),
    grouped(nftables.setLookups),
    microseconds(estimateNs(iptables, costModels["iptables-legacy"])),
    microseconds(estimateNs(iptables, costModels["iptables-nft"])),
    microseconds(estimateNs(ipvs, costModels.ipvs)),
    microseconds(estimateNs(nftables, costModels.nftables)),
  ]);
  return [
    ...alignRight([
      ["", "iptables", "ipvs", "ipvs", "ipvs", "nftables", "nftables", ...estimates.map(() => "estimate")],
      ["Services", "rules", "rules", "ipset", "hash", "rules", "set", ...estimates],
      [
        "added",
        "compared",
        "compared",
        "look-ups",
        "look-ups",
        "compared",
        "look-ups",
        "legacy µs",
        "nft µs",
        "µs",
        "µs",
      ],
      ...cells,
    ]),
    "",
    ...lawLines(rows),
    ...userspaceLines(rows),
    "Counts are exact; estimates are counts times constants measured on one machine: good for ratios, rough as times.",
    "",
  ].join("\n");
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

/** The same as a picture. */
export function comparisonChart(rows: readonly ModeComparison[]): string {
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

function microseconds(ns: number): string {
  return (ns / 1000).toFixed(1);
}
