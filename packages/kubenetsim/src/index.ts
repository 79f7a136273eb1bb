export type { SentPackets } from "@kubenetsim/network/trace/many-packets";
export type { ListenerOption, LoadBalancerOption } from "./cloud/declared-balancers.ts";
export type { ListenerReport, LoadBalancerReport, TargetReport } from "./cloud/load-balancer-report.ts";
export { assignLoadBalancers, type CloudSettings } from "./cloud/service-controller.ts";
export { ClientHandle, type NamedTrace } from "./cluster/client-handle.ts";
export { Cluster } from "./cluster/cluster.ts";
export type { ClusterOptions, NewNode } from "./cluster/cluster-options.ts";
export type { ClusterSnapshot } from "./cluster/cluster-snapshot.ts";
export { type IptablesSaveOptions, NodeHandle } from "./cluster/node-handle.ts";
export { OutsideHandle } from "./cluster/outside-handle.ts";
export { PodHandle } from "./cluster/pod-handle.ts";
export {
  type ChangedRequest,
  type ComparedController,
  compareIngressControllers,
  type IngressComparison,
} from "./compare/compare-ingress-controllers.ts";
export { compareModes, type ModeComparison } from "./compare/compare-modes.ts";
export { comparisonChart, comparisonTable } from "./compare/comparison-text.ts";
export { ingressComparisonText } from "./compare/ingress-comparison-text.ts";
export { type Destination, parseDestination } from "./connect/destination.ts";
export type { ManyPackets, PacketIndices } from "./connect/many-packets.ts";
export { parseSource, type Source } from "./connect/source.ts";
export type { NodeRules, RulesOptions, RulesProgram } from "./display/shown-rules.ts";
export type { DnsOptions, Upstream, UpstreamAnswer } from "./dns/dns-options.ts";
export { lookupText, lookupToJson } from "./dns/lookup-text.ts";
export type { LookupOptions, NameLookup, NameQuery } from "./dns/name-lookup.ts";
export { type BuiltInName, builtInExperiments } from "./experiment/built-in.ts";
export type { Cell, Experiment, Plot } from "./experiment/experiment.ts";
export type { MeasureName } from "./experiment/measures.ts";
export { mergeResults } from "./experiment/merge-results.ts";
export { defaultParameters, type Parameters } from "./experiment/parameters.ts";
export { readExperiment } from "./experiment/read-experiment.ts";
export { type CellResult, type ExperimentResults, resultsToJson } from "./experiment/results.ts";
export { resultsChart } from "./experiment/results-chart.ts";
export { resultsCsv, resultsTable } from "./experiment/results-text.ts";
export { type RunOptions, runExperiment } from "./experiment/run-experiment.ts";
export { accessFlow, accessFlowText, type FlowConnection, type FlowStage } from "./explain/access-flow.ts";
export { locatedTrace } from "./explain/located-trace.ts";
export { sourcePositions } from "./explain/source-positions.ts";
export { CookieJar, type KeptCookie } from "./http/cookie-jar.ts";
export type { CurlOptions } from "./http/curl-options.ts";
export type {
  ForwardedRequest,
  HttpExchange,
  HttpFailure,
  HttpResponse,
  HttpTrace,
  SentRequest,
  TlsSession,
} from "./http/http-exchange.ts";
export type { AnswerOfPod, HttpOptions, PodAnswer, PodRequest } from "./http/pod-answer.ts";
export { httpTraceToJson } from "./http/print/http-trace-json.ts";
export { httpTraceText } from "./http/print/http-trace-text.ts";
export { kubectlHost } from "./kubectl/kubectl-host.ts";
export { accessFlowDrawing } from "./plot/access-flow-drawing.ts";
export type { ShellValue } from "./shell/command-source.ts";
export type { KubectlOptions } from "./shell/kubectl-line.ts";
export { MemoryFiles } from "./shell/memory-files.ts";
export { version } from "./version.ts";
export { findWarnings } from "./warnings/find-warnings.ts";
export { formatWarning, type Warning } from "./warnings/warning.ts";
