import type { IpAddress } from "@kubenetsim/core/net/address";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import type { Origin } from "@kubenetsim/core/trace/origin";

/** One IPVS service as data, as `ipvsadm -Ln` shows it. */
export interface VirtualServer {
  readonly protocol: Protocol;
  readonly address: IpAddress;
  readonly port: number;
  /** `ipvsadm -A -f`: packets with this mark, whatever protocol and destination they have; of the address only the family counts. */
  readonly fwmark?: number;
  readonly scheduler: string;
  readonly schedulerFlags: readonly SchedulerFlag[];
  /** Seconds of persistence; undefined for none. */
  readonly persistenceTimeout: number | undefined;
  /** Prefix length by which persistent clients are grouped: 32 or 128 for each on its own. */
  readonly persistenceNetmask: number | undefined;
  /** In the order in which they were added; the kernel keeps the newest first. */
  readonly realServers: readonly RealServer[];
  readonly origin: Origin | undefined;
}

/**
 * What `ipvsadm -b` takes. There are three bits: the first is `sh-fallback` for sh, `mh-fallback` for mh and `flag-1` for the
 * others, the second `sh-port`, `mh-port` and `flag-2`.
 */
export type SchedulerFlag = "sh-fallback" | "mh-fallback" | "flag-1" | "sh-port" | "mh-port" | "flag-2" | "flag-3";

/** In the order of the kernel's bits. */
export const schedulerFlags: readonly SchedulerFlag[] = [
  "sh-fallback",
  "mh-fallback",
  "flag-1",
  "sh-port",
  "mh-port",
  "flag-2",
  "flag-3",
];

export interface RealServer {
  readonly address: IpAddress;
  readonly port: number;
  /** 0 takes no new connections. */
  readonly weight: number;
  readonly forward: "Masq" | "Route" | "Tunnel";
  /** `ipvsadm -x`: above so many connections it takes no more; 0 for no limit. */
  readonly upperThreshold: number;
  /** `ipvsadm -y`: below so many it takes connections again; 0 for three quarters of the upper one. */
  readonly lowerThreshold: number;
}
