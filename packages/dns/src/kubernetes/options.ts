import type { Selector } from "@kubenetsim/core/model/label-selector";
import type { DnsName } from "../message/resource-record.ts";

/** Whether names such as `10-244-1-5.default.pod.cluster.local` are answered: never, for any address, for those of Pods. */
export type PodMode = "disabled" | "insecure" | "verified";

/** What a `kubernetes` block of a Corefile says (plugin/kubernetes/README.md). */
export interface KubernetesOptions {
  /** Lower case, fully qualified. */
  readonly zones: readonly DnsName[];
  /** The first of the zones that is no reverse zone: PTR records point into it. */
  readonly primaryZone: DnsName;
  readonly pods: PodMode;
  readonly endpointPodNames: boolean;
  /** Seconds. */
  readonly ttl: number;
  /** Empty where all namespaces are served. */
  readonly namespaces: ReadonlySet<string>;
  readonly labels: Selector;
  readonly namespaceLabels: Selector;
  /** The zones of which names that are not found go to the next plugin. */
  readonly fallthrough: readonly DnsName[];
  readonly noEndpoints: boolean;
  readonly ignoreEmptyService: boolean;
  /** Answers `zone.pin._zone.web.default.svc.cluster.local`. */
  readonly zonal: boolean;
}

/** What holds where a `kubernetes` line stands alone. */
export const defaultKubernetesOptions: Omit<KubernetesOptions, "zones" | "primaryZone"> = {
  pods: "disabled",
  endpointPodNames: false,
  ttl: 5,
  namespaces: new Set(),
  labels: [],
  namespaceLabels: [],
  fallthrough: [],
  noEndpoints: false,
  ignoreEmptyService: false,
  zonal: false,
};
