import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { IpvsDirector } from "@kubenetsim/netfilter/ipvs/director";
import { printIpvsadm } from "@kubenetsim/netfilter/text/ipvsadm-print";
import type { IpvsProgram } from "@kubenetsim/proxy/ipvs/sync-ipvs";
import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";

/** `ipvsadm -Ln` of a kernel into which kube-proxy has just put these programs. */
export function printVirtualServers(programs: readonly IpvsProgram[]): string {
  const director = new IpvsDirector({ clock: virtualClock(), schedulers: ipvsSchedulers });
  director.load(programs.flatMap(({ virtualServers }) => virtualServers));
  return printIpvsadm(director.list());
}
