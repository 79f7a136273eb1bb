export { algorithmNames } from "./balancer/algorithms.ts";
export { Balancer } from "./balancer/balancer.ts";
export type {
  HealthChecks,
  LoadBalancer,
  LoadBalancerAlgorithm,
  LoadBalancerListener,
  LoadBalancerMode,
  LoadBalancerTarget,
} from "./balancer/load-balancer.ts";
export { type CostConstant, type CostConstantName, type CostFit, costUnits } from "./cost/constants.ts";
export { type CostTerm, type Estimate, estimate } from "./cost/estimate.ts";
export { estimateText } from "./cost/estimate-text.ts";
export type { CostModel } from "./cost/model.ts";
export { type CostModelName, costModelFor, costModelNames, costModels } from "./cost/models.ts";
export { readCostModel } from "./cost/read-cost-model.ts";
export { traceToJson } from "./format/json.ts";
export { outcomeLine } from "./format/outcome.ts";
export { formatTrace, type TraceTextOptions } from "./format/text.ts";
export { type Ratio, ratioText, toNumber } from "./shares/ratio.ts";
export { type Share, shares } from "./shares/shares.ts";
export { type ShareJson, sharesToJson } from "./shares/shares-to-json.ts";
export type { CopyableKernel } from "./shares/trial-kernel.ts";
export { buildTopology } from "./topology/build.ts";
export type { Device, DeviceAddress, Host } from "./topology/host.ts";
export type { Cni, NodeSettings, OutsideClient, TopologyInput } from "./topology/input.ts";
export { kernelDevices } from "./topology/kernel-devices.ts";
export type { Port, Process } from "./topology/process.ts";
export { Dial, type Relay, relayChoice } from "./topology/relay.ts";
export type { Topology } from "./topology/topology.ts";
export { type KernelNames, liveNames, type NamedChain } from "./trace/kernel-names.ts";
export { Tracer } from "./trace/tracer.ts";
export { type DispositionCode, dispositions } from "./walk/disposition-code.ts";
export type { HostKernel } from "./walk/host-kernel.ts";
export { type Request, writeRequest } from "./walk/request.ts";
export { Walker } from "./walk/walker.ts";
