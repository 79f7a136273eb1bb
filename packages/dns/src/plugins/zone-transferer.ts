import type { DnsName, ResourceRecord } from "../message/resource-record.ts";

/** What a plugin offers that has whole zones. */
export interface ZoneTransferer {
  /**
   * All records of a zone (lower case), its SOA first and last; the SOA alone where the one who asks has this serial already (0
   * where it has none). Undefined where the plugin is not the authority for it.
   */
  readonly transfer: (zone: DnsName, serial: number) => readonly ResourceRecord[] | undefined;
}
