/** One constant of the cost model: what one unit of counted work costs in nanoseconds, and where that is from. */
export interface CostConstant {
  readonly name: string;
  /** The count that it is multiplied with. */
  readonly unit: string;
  readonly valueNs: number;
  /** Lowest and highest value seen where it was measured. */
  readonly rangeNs: readonly [number, number];
  readonly source: string;
}

const measured =
  "first packets of UDP flows out of a network namespace, fastest batches; Linux 6.1.176 (legacy, IPVS) and 6.18.44 (legacy, nft); iptables 1.8.9; 2 vCPU AMD EPYC, shared";

function constant(name: string, unit: string, valueNs: number, rangeNs: readonly [number, number]): CostConstant {
  return { name, unit, valueNs, rangeNs, source: measured };
}

export type CostConstantName =
  | "legacyRule"
  | "nftRule"
  | "legacyStatistic"
  | "nftStatistic"
  | "ipvsServer"
  | "iptablesNat"
  | "nftNat"
  | "ipvsNat";

/**
 * Every constant of the models. Ratios between them are safer to quote than their values: another machine differs by
 * small factors, and a rule's cost depends on what the caches hold.
 */
export const costConstants: Readonly<Record<CostConstantName, CostConstant>> = {
  legacyRule: constant("iptables-legacy rule compared", "rule", 5.7, [3.0, 8.1]),
  nftRule: constant("iptables-nft rule compared", "rule", 17, [16, 22]),
  legacyStatistic: constant("`statistic` rule passed, iptables-legacy", "random draw", 70, [68, 97]),
  nftStatistic: constant("`statistic` rule passed, iptables-nft", "random draw", 130, [126, 156]),
  ipvsServer: constant("real server examined by an IPVS scheduler", "server", 7.5, [6, 9.7]),
  iptablesNat: constant(
    "first packet's DNAT by iptables, above a packet to no Service",
    "NAT'ed packet",
    450,
    [40, 1020],
  ),
  nftNat: constant(
    "first packet's way through nft's maps with its DNAT, above a packet to no Service",
    "NAT'ed packet",
    700,
    [570, 4300],
  ),
  ipvsNat: constant(
    "first packet's NAT by IPVS with its ipset rules, above a packet to no Service",
    "NAT'ed packet",
    1200,
    [200, 2100],
  ),
};
