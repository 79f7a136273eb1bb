export { type ApplyContext, type ApplyResult, applyDocuments, applyYaml } from "./apiserver/apply.ts";
export type { Warning } from "./apiserver/apply-warning.ts";
export { type Change, type ClusterState, getObject } from "./apiserver/cluster-state.ts";
export { type EmptyStateOptions, emptyState } from "./apiserver/empty-state.ts";
export type { ManifestDocument } from "./apiserver/manifest/manifest-document.ts";
export { readManifests } from "./apiserver/manifest/read-manifests.ts";
export { positionOf } from "./apiserver/source-position.ts";
export { restoreState, type StateJson, stateToJson } from "./apiserver/state-json.ts";
export { ObjectTable } from "./apiserver/store/object-table.ts";
export { deleteObject, putObject, updateObject } from "./apiserver/write-object.ts";
export { type SettleOptions, type SettleResult, settle } from "./controllers/settle.ts";
export { type WaitingPod, waitingPods } from "./controllers/waiting-pods.ts";
export {
  type LabelSelector,
  type LabelSelectorRequirement,
  matchesEqualities,
  matchesLabels,
  matchesSelector,
  type Requirement,
  type Selector,
} from "./model/label-selector.ts";
export { parseSelector, printSelector } from "./model/selector-text.ts";
