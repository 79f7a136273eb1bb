import { type CostConstant, costConstants as c } from "./constants.ts";

/** Which kernel's constants an estimate uses. */
export type CostModelName = "iptables-nft" | "iptables-legacy" | "nftables" | "ipvs";

/** What each count is multiplied with. A count without a constant was too small to be seen where they were measured. */
export interface CostModel {
  readonly name: CostModelName;
  /** Undefined where a packet's cost was not seen to hang on how many Services or endpoints there are: with nft's maps. */
  readonly perRule: CostConstant | undefined;
  readonly perRandomDraw: CostConstant | undefined;
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
  nftables: {
    name: "nftables",
    perRule: undefined,
    perRandomDraw: undefined,
    perServerExamined: c.ipvsServer,
    perNat: c.nftNat,
  },
  ipvs: {
    name: "ipvs",
    perRule: c.legacyRule,
    perRandomDraw: c.legacyStatistic,
    perServerExamined: c.ipvsServer,
    perNat: c.ipvsNat,
  },
};

/** The model that fits a proxy mode (`Trace.mode`): IPVS and nftables have their own, all else is taken for iptables-nft. */
export function costModelFor(mode: string): CostModel {
  if (mode.startsWith("ipvs")) return costModels.ipvs;
  return mode.startsWith("nftables") ? costModels.nftables : defaultCostModel;
}

export const defaultCostModel: CostModel = costModels["iptables-nft"];
