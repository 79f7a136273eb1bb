import type { DnsMessage } from "@kubenetsim/dns/message/dns-message";
import type { RecordType } from "@kubenetsim/dns/message/record-type";
import type { DnsTransport, Exchange } from "@kubenetsim/dns/plugins/plugin";
import type { LookupFiles } from "../lookup-files.ts";
import type { NameLookup } from "../name-lookup.ts";

/** What programs that look names up find where they run. */
export interface NameSystem {
  /** The texts of /etc/resolv.conf and /etc/hosts. */
  files(): LookupFiles;
  /** As getaddrinfo does. */
  resolve(name: string): NameLookup;
  /** A message number, and the query of that number. */
  query(name: string, type: RecordType): DnsMessage;
  /** Sends a query to a server's port, and waits for an answer. */
  ask(address: string, port: number, transport: DnsTransport, message: DnsMessage): Exchange;
  /** Milliseconds of the virtual clock. */
  nowMs(): number;
}
