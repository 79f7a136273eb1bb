import type { Cost } from "@kubenetsim/core/trace/cost";
import { estimate } from "@kubenetsim/network/cost/estimate";
import type { CostModel } from "@kubenetsim/network/cost/model";
import type { Cell } from "./experiment.ts";
import { freshSite } from "./fresh-site.ts";
import { madeCluster } from "./made-cluster.ts";
import { measurePacket } from "./measure-packet.ts";
import { measureShares } from "./measure-shares.ts";
import { measureSync } from "./measure-sync.ts";
import {
  type Measured,
  type MeasureName,
  packetMeasures,
  shareMeasures,
  sourceMeasures,
  syncMeasures,
} from "./measures.ts";
import type { Parameters } from "./parameters.ts";
import type { CellEstimate, CellResult } from "./results.ts";
import type { Setting } from "./setting.ts";
import type { Site } from "./site.ts";

/**
 * Measures one cell: the same cell gives the same numbers, whatever was measured before.
 *
 * @param site what its Services are added to; unless given, an empty cluster
 */
export function runCell(
  cell: Cell,
  measures: readonly MeasureName[],
  costModels: readonly CostModel[] = [],
  site: Site = freshSite(cell.parameters),
): CellResult {
  const { parameters } = cell;
  const setting: Setting = {
    cell,
    site,
    state: madeCluster(parameters, site),
    config: site.configOf(parameters),
  };
  const isAsked = (names: readonly MeasureName[]): boolean => names.some((name) => measures.includes(name));
  const isPacketAsked = isAsked([...packetMeasures, ...sourceMeasures]) || costModels.length > 0;
  const packet = isPacketAsked ? measurePacket(setting) : undefined;
  const all: Measured = {
    ...packet?.measured,
    ...(isAsked(syncMeasures) ? measureSync(setting) : {}),
    ...(isAsked(shareMeasures) ? measureShares(setting) : {}),
  };
  const measured = Object.fromEntries(measures.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]])));
  if (packet === undefined || costModels.length === 0) return { ...cell, measured };
  const estimated = costModels.map((model) => [model.name, estimateOf(packet.cost, parameters, model)] as const);
  return { ...cell, measured, estimated: Object.fromEntries(estimated) };
}

function estimateOf(cost: Cost, { mode, scheduler }: Parameters, model: CostModel): CellEstimate {
  const { ns, lowNs, highNs, missing } = estimate(cost, mode === "ipvs" ? `ipvs/${scheduler}` : mode, model);
  return missing.length > 0 ? { missing } : { ns, lowNs, highNs };
}
