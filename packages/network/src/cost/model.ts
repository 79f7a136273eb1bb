import { type CostConstant, costConstants as c } from "./constants.ts";

/** Which kernel's constants an estimate uses. */
export type CostModelName = "iptables-nft" | "iptables-legacy" | "ipvs";

/** What each count is multiplied with. A count without a constant was too small to be seen where they were measured. */
export interface CostModel {
  readonly name: CostModelName;
  readonly perRule: CostConstant;
  readonly perRandomDraw: CostConstant;
  readonly perServerExamined: CostConstant;
  /** Once for a packet that NAT rewrites. */
  readonly perNat: CostConstant;
}

export const costModels: Readonly<Record<CostModelName, CostModel>> = {
  "iptables-nft": {
    name: "iptables-nft",
    perRule: c.nftRule,
    perRandomDraw: c.nftStatistic,
    perServerExamined: c.ipvsServer,
    perNat: c.iptablesNat,
  },
  "iptables-legacy": {
    name: "iptables-legacy",
    perRule: c.legacyRule,
    perRandomDraw: c.legacyStatistic,
    perServerExamined: c.ipvsServer,
    perNat: c.iptablesNat,
  },
  ipvs: {
    name: "ipvs",
    perRule: c.legacyRule,
    perRandomDraw: c.legacyStatistic,
    perServerExamined: c.ipvsServer,
    perNat: c.ipvsNat,
  },
};

/** The model that fits a proxy mode (`Trace.mode`): IPVS has its own, everything else is taken for iptables-nft. */
export function costModelFor(mode: string): CostModel {
  return mode.startsWith("ipvs") ? costModels.ipvs : defaultCostModel;
}

export const defaultCostModel: CostModel = costModels["iptables-nft"];
