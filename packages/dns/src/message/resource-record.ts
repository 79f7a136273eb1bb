import type { RecordClass } from "./record-class.ts";
import type { RecordType } from "./record-type.ts";

/**
 * A name as zone files write it, fully qualified: `web.default.svc.cluster.local.`, `.` for the root. Dots, backslashes and
 * bytes that do not print stand escaped within a label: `\.`, `\032` (RFC 1035, section 5.1). Case is kept as it came.
 */
export type DnsName = string;

interface RecordOf<T extends RecordType> {
  readonly name: DnsName;
  readonly type: T;
  readonly class: RecordClass;
  /** Seconds. */
  readonly ttl: number;
}

export interface AddressRecord extends RecordOf<"A" | "AAAA"> {
  readonly address: string;
}

/** Records whose data are a name. */
export interface TargetRecord extends RecordOf<"CNAME" | "NS" | "PTR"> {
  readonly target: DnsName;
}

/** RFC 2782. */
export interface SrvRecord extends RecordOf<"SRV"> {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: DnsName;
}

/** RFC 1035, section 3.3.13; times in seconds. */
export interface SoaRecord extends RecordOf<"SOA"> {
  readonly mname: DnsName;
  readonly rname: DnsName;
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  /** Seconds that a denial may be kept (RFC 2308, section 4). */
  readonly minimum: number;
}

export interface MxRecord extends RecordOf<"MX"> {
  readonly preference: number;
  readonly exchange: DnsName;
}

/** Each of the strings has up to 255 bytes and is escaped as names are. */
export interface TxtRecord extends RecordOf<"TXT"> {
  readonly strings: readonly string[];
}

export interface HinfoRecord extends RecordOf<"HINFO"> {
  readonly cpu: string;
  readonly os: string;
}

/** A record whose data are not looked into (RFC 3597). */
export interface OpaqueRecord
  extends RecordOf<
    Exclude<RecordType, "A" | "AAAA" | "CNAME" | "NS" | "PTR" | "SRV" | "SOA" | "MX" | "TXT" | "HINFO">
  > {
  readonly data: Uint8Array;
}

/** One record of an answer: a frozen value, told apart by `type`. */
export type ResourceRecord =
  | AddressRecord
  | TargetRecord
  | SrvRecord
  | SoaRecord
  | MxRecord
  | TxtRecord
  | HinfoRecord
  | OpaqueRecord;
