import { type CostConstantName, costUnits } from "@kubenetsim/network/cost/constants";
import type { CostModel } from "@kubenetsim/network/cost/model";
import { costModels } from "@kubenetsim/network/cost/models";
import { growth } from "./derive-constants.ts";
import type { Outcomes } from "./model-file.ts";

/** A model's constants in a table, beside those of the built-in models, and what it lacks. */
export function modelReport({ name, kernel, constants, lacks }: CostModel): string {
  const rows = Object.entries(constants).map(([constant, { ns, rangeNs, fit }]) => [
    constant,
    costUnits[constant as CostConstantName],
    String(ns),
    `${rangeNs[0]} to ${rangeNs[1]}`,
    fit === undefined ? "" : fit.quartilesNs.join(" to "),
    fit?.r2 === undefined ? "" : fit.r2.toFixed(3),
    ...Object.values(costModels).map((model) => String(model.constants[constant as CostConstantName]?.ns ?? "")),
  ]);
  const heads = ["constant", "of a", "ns", "range", "quartiles", "R²", ...Object.keys(costModels)];
  return [
    `${name}: ${kernel}`,
    ...table([heads, ...rows]),
    ...Object.entries(lacks).map(([constant, reason]) => `  without ${constant}: ${reason}`),
    "",
  ].join("\n");
}

/** What has no constant, for it does not grow: said with what was seen. */
export function growthReport(outcomes: Outcomes): string {
  return Object.entries(outcomes)
    .flatMap(([backend, outcome]) => {
      if (!("results" in outcome) || (backend !== "nft" && backend !== "ipvs")) return [];
      const { service, endpoint } = growth(outcome.results);
      const scheduler = backend === "ipvs" ? " (rr)" : "";
      return [
        `${backend}: ${slope(service)} ns a Service, last above first (R² ${service.r2.toFixed(2)}); ${slope(endpoint)} ns an endpoint${scheduler} (R² ${endpoint.r2.toFixed(2)})\n`,
      ];
    })
    .join("");
}

function slope({ slope: ns }: { readonly slope: number }): string {
  return ns.toFixed(3);
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join("  ")}`.trimEnd());
}
