import type { EndpointSlice, SliceEndpoint } from "@kubenetsim/core/model/endpoint-slice";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";

const shown = 3;

/**
 * The first ready endpoints behind a port's name, and how many more there are (kubectl pkg/describe, formatEndpointSlices). An
 * endpoint that is not ready and comes behind them makes that "+ 0 more...", as it does there.
 */
export function endpointsText(slices: readonly EndpointSlice[], portName: string): string {
  if (slices.length === 0) return "<none>";
  const list: string[] = [];
  let count = 0;
  let hasMore = false;
  const see = ({ addresses, conditions }: SliceEndpoint, port: number | undefined): void => {
    if (list.length === shown) hasMore = true;
    if (conditions?.ready === false) return;
    if (!hasMore) list.push(port === undefined ? addresses[0]! : joinHostPort(addresses[0]!, port));
    count++;
  };
  for (const { ports, endpoints } of slices) {
    const named = (ports ?? []).filter(({ name = "" }) => name === portName).map(({ port }) => port ?? 0);
    for (const port of ports?.length ? named : [undefined]) for (const one of endpoints ?? []) see(one, port);
  }
  return hasMore ? `${list.join(",")} + ${count - shown} more...` : list.join(",");
}
