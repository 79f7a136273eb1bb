import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { putObject } from "@kubenetsim/core/apiserver/write-object";
import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import type { Ingress, IngressAddress } from "@kubenetsim/core/model/ingress";
import type { IngressControllers } from "./ingress-controllers.ts";

export interface StatusWrites {
  readonly state: ClusterState;
  readonly changes: readonly Change[];
}

/**
 * What controllers write into the status of their Ingresses in a settled state: leaders their addresses, those that have ended none
 * where they withdraw them. Real ones do it when they start and once a minute (internal/ingress/status/status.go `UpdateInterval`);
 * here that time is over when the cluster has settled.
 */
export function writeIngressStatus(state: ClusterState, controllers: IngressControllers): StatusWrites {
  const { leading, ended } = controllers.leaders();
  const writes = new StatusWriting(state);
  for (const { place, controller } of ended) {
    if (controller!.status!.withdraws(state, place.pod)) writes.put(controller!.status!.ingresses(), []);
  }
  for (const { place, pod, controller } of leading) {
    const { status } = controller!;
    const addresses = status!.addresses(state, state.tables.Pod.get(pod) ?? place.pod);
    if (addresses !== undefined) writes.put(status!.ingresses(), addresses);
  }
  return writes;
}

class StatusWriting implements StatusWrites {
  state: ClusterState;
  readonly changes: Change[] = [];

  constructor(state: ClusterState) {
    this.state = state;
  }

  put(ingresses: Iterable<ObjectKey>, addresses: readonly IngressAddress[]): void {
    const text = textOf(addresses);
    for (const key of ingresses) {
      const ingress = this.state.tables.Ingress.get(key);
      if (ingress === undefined || textOf(addressesOf(ingress)) === text) continue;
      const loadBalancer = addresses.length === 0 ? {} : { ingress: addresses };
      const { state, change } = putObject(this.state, { ...ingress, status: { ...ingress.status, loadBalancer } });
      this.state = state;
      this.changes.push(change);
    }
  }
}

function addressesOf({ status }: Ingress): readonly IngressAddress[] {
  return status?.loadBalancer?.ingress ?? [];
}

/** Equal for the same addresses in whatever order. */
function textOf(addresses: readonly IngressAddress[]): string {
  const texts = addresses.map(({ ip = "", hostname = "" }) => `${hostname} ${ip}`);
  return texts.sort().join("\n");
}
