export {
  defaultKubeProxyConfig,
  type KubeProxyConfig,
  type LocalMode,
  type ProxyMode,
} from "./config/kube-proxy-config.ts";
export { isKubeProxyConfig, readKubeProxyConfig } from "./config/read-config.ts";
export { afterRefusedRestore, type IptablesProgram } from "./iptables/iptables-program.ts";
export { printRestoreInput } from "./iptables/print-restore-input.ts";
export { restoreWords } from "./iptables/restore-words.ts";
export { compileIptables, type SyncOptions, syncIptables } from "./iptables/sync-iptables.ts";
export { printDummyDevice } from "./ipvs/dummy-device.ts";
export { compileIpvs, type IpvsProgram, syncIpvs } from "./ipvs/sync-ipvs.ts";
export { afterRefusal, type NftablesProgram, withServiceCIDRs } from "./nftables/nftables-program.ts";
export { compileNftables, type NftSyncOptions, syncNftables } from "./nftables/sync-nftables.ts";
export type { Endpoint } from "./snapshot/endpoint.ts";
export type { ProxyBasis } from "./snapshot/proxy-basis.ts";
export type { InterfaceAddress, ProxyNode } from "./snapshot/proxy-node.ts";
export type { ServicePort } from "./snapshot/service-port.ts";
export type { ServicePortState, ServiceState } from "./snapshot/service-state.ts";
export {
  type ProxySnapshot,
  type SnapshotChange,
  type SnapshotInput,
  takeSnapshot,
  updateNode,
  updateSnapshot,
} from "./snapshot/snapshot.ts";
export { type CategorizedEndpoints, categorizeEndpoints } from "./snapshot/topology.ts";
