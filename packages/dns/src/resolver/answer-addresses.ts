import { type IpAddress, parseAddress } from "@kubenetsim/core/net/address";
import type { DnsMessage } from "../message/dns-message.ts";

/** The addresses of an answer, in its order, whichever name of a chain of CNAMEs they stand at. */
export function addressesOf({ answers }: DnsMessage): IpAddress[] {
  return answers.flatMap((record) =>
    record.type === "A" || record.type === "AAAA" ? (parseAddress(record.address) ?? []) : [],
  );
}
