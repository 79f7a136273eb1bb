import { Connections } from "./connections.ts";
import { type IpvsSysctls, kubeProxySysctls } from "./settings.ts";
import { type SchedulerTable, VirtualServers } from "./virtual-servers.ts";

/** What one kernel's IPVS holds: virtual servers, connections, settings. Time only passes in `catchUp`. */
export class IpvsKernelState {
  readonly virtualServers: VirtualServers;
  readonly connections: Connections = new Connections();
  sysctls: IpvsSysctls = kubeProxySysctls;

  constructor(schedulers: SchedulerTable) {
    this.virtualServers = new VirtualServers(schedulers, this);
  }

  /** Runs all timers that were due by now, in the order of their times. */
  catchUp(nowMs: number): void {
    const { connections, virtualServers } = this;
    const { queue } = connections.table;
    const { trash } = virtualServers;
    while (queue.nextMs <= nowMs || trash.nextCheckMs <= nowMs || virtualServers.nextFlushMs <= nowMs) {
      const { nextFlushMs } = virtualServers;
      if (nextFlushMs <= queue.nextMs && nextFlushMs <= trash.nextCheckMs) {
        virtualServers.nextFlushMs = Number.POSITIVE_INFINITY;
        connections.dropServerless();
      } else if (queue.nextMs <= trash.nextCheckMs) connections.expireOne(queue.nextMs);
      else virtualServers.emptyTrash(trash.nextCheckMs);
    }
  }
}
