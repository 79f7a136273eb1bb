import type { AddressWords } from "@kubenetsim/core/net/address";
import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import type { ConntrackTable } from "@kubenetsim/netfilter/engine/conntrack-table";

/** `conntrack -D --orig-dst ADDRESS -p udp`: flows that were opened to one of these addresses are forgotten. */
export function forgetUdp(table: ConntrackTable, addresses: readonly AddressWords[], nowMs: number): void {
  if (addresses.length === 0) return;
  const { width, data } = table;
  const stale = [...table.entries(nowMs)].filter((entry) => {
    const original = table.tuple(entry, 0);
    if (data[original + 2 * width + 1] !== protocolNumbers.UDP) return false;
    return addresses.some(
      (words) => words.length === width && words.every((word, i) => data[original + width + i] === (word | 0)),
    );
  });
  for (const entry of stale) table.remove(entry);
}
