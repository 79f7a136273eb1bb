/** So often a kube-proxy runs without a change, and then writes everything: FullSyncPeriod of pkg/proxy/util/utils.go, in ms. */
export const fullSyncPeriodMs = 3_600_000;
