import type { DnsName } from "../message/resource-record.ts";
import { hostAddress } from "./backend-service.ts";

const v4Suffix = ".in-addr.arpa.";
const v6Suffix = ".ip6.arpa.";

/** True below the reverse zones; of the zones themselves it is not (plugin/pkg/dnsutil, IsReverse). */
export function isReverseName(name: DnsName): boolean {
  return name.endsWith(v4Suffix) || name.endsWith(v6Suffix);
}

/**
 * The address that a name (lower case) of a reverse zone is of, as CoreDNS prints it (plugin/pkg/dnsutil/reverse.go): labels
 * before the 32 of an IPv6 address are overlooked if they are no more than three. Undefined where it is of none.
 *
 * @example addressInReverseName("5.1.244.10.in-addr.arpa."); // "10.244.1.5"
 */
export function addressInReverseName(name: DnsName): string | undefined {
  if (name.endsWith(v4Suffix)) {
    const found = hostAddress(name.slice(0, -v4Suffix.length).split(".").reverse().join("."));
    return found?.type === "A" ? found.address : undefined;
  }
  if (!name.endsWith(v6Suffix)) return undefined;
  const digits = name.slice(0, -v6Suffix.length).split(".").reverse();
  const groups = Array.from({ length: Math.floor(digits.length / 4) }, (_, i) =>
    digits.slice(4 * i, 4 * i + 4).join(""),
  );
  return hostAddress(groups.join(":"))?.address;
}
