import type { IpFamily } from "@kubenetsim/core/net/address";
import type { Origin } from "@kubenetsim/core/trace/origin";

export type IpSetType = "hash:ip" | "hash:ip,port" | "hash:ip,port,ip" | "hash:ip,port,net" | "bitmap:port";

/** One ipset as data. Entries are text as `ipset list` prints them: `10.96.0.1,tcp:443`, `30080`. */
export interface IpSet {
  readonly name: string;
  readonly type: IpSetType;
  readonly family: IpFamily;
  readonly entries: readonly IpSetEntry[];
  /** What it was created with; the defaults of ipset and the kernel, which kube-proxy takes, when undefined. */
  readonly options?: IpSetOptions;
}

/** A set that came from another one by some entries. */
export interface IpSetChange {
  readonly before: IpSet;
  readonly after: IpSet;
  /** As text. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** `range` is of bitmaps, the other three are of hashes. */
export interface IpSetOptions {
  /** Buckets. */
  readonly hashSize: number;
  readonly maxElements: number;
  /** Elements that a bucket takes before the hash grows. */
  readonly bucketSize: number;
  /** The ports that a bitmap has room for, both ends included. */
  readonly range: { readonly first: number; readonly last: number };
}

export const defaultSetOptions: IpSetOptions = {
  hashSize: 1024,
  maxElements: 65_536,
  bucketSize: 12,
  range: { first: 0, last: 65_535 },
};

export interface IpSetEntry {
  readonly text: string;
  readonly origin: Origin | undefined;
}
