import type { IpFamily } from "@kubenetsim/core/net/address";
import type { Origin } from "@kubenetsim/core/trace/origin";

export type IpSetType = "hash:ip" | "hash:ip,port" | "hash:ip,port,ip" | "hash:ip,port,net" | "bitmap:port";

/** One ipset as data. Entries are text as `ipset list` prints them: `10.96.0.1,tcp:443`, `30080`. */
export interface IpSet {
  readonly name: string;
  readonly type: IpSetType;
  readonly family: IpFamily;
  readonly entries: readonly IpSetEntry[];
}

/** A set that came from another one by some entries. */
export interface IpSetChange {
  readonly before: IpSet;
  readonly after: IpSet;
  /** As text. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export interface IpSetEntry {
  readonly text: string;
  readonly origin: Origin | undefined;
}
