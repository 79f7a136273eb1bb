import { defaultKubeProxyConfig, type KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import type { Cell } from "./experiment.ts";
import { madeCluster } from "./made-cluster.ts";
import { measurePacket, measureShares } from "./measure-packet.ts";
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

/** Measures one cell: the same cell gives the same numbers, whatever was measured before. */
export function runCell(cell: Cell, measures: readonly MeasureName[]): Measured {
  const config = configOf(cell.parameters);
  const state = madeCluster(cell);
  const isAsked = (names: readonly MeasureName[]): boolean => names.some((name) => measures.includes(name));
  const all: Measured = {
    ...(isAsked([...packetMeasures, ...sourceMeasures]) ? measurePacket(cell, state, config) : {}),
    ...(isAsked(syncMeasures) ? measureSync(cell, state, config) : {}),
    ...(isAsked(shareMeasures) ? measureShares(cell, state, config) : {}),
  };
  return Object.fromEntries(measures.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]])));
}

function configOf({ mode, scheduler, masqueradeAll }: Parameters): KubeProxyConfig {
  const { iptables, nftables, ipvs } = defaultKubeProxyConfig;
  return {
    ...defaultKubeProxyConfig,
    mode,
    iptables: { ...iptables, masqueradeAll },
    nftables: { ...nftables, masqueradeAll },
    ipvs: { ...ipvs, scheduler },
  };
}
