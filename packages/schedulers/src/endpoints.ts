import { formatEndpoint } from "./address.ts";
import type { Server } from "./scheduler.ts";
import { checkWeights } from "./weight.ts";

/** Servers by name, for balancers that hash names. */
export interface Endpoints {
  /** `ip:port`, IPv6 addresses in brackets. */
  readonly names: readonly string[];
  /** Where each of them stands in the list of servers. */
  readonly positions: readonly number[];
}

/**
 * The servers of a weight above 0, in their order. One of weight 0 takes nothing: a controller leaves it out of its list, as
 * it does Pods that are not ready.
 */
export function endpointsOf(servers: readonly Server[]): Endpoints {
  const names: string[] = [];
  const positions: number[] = [];
  for (const [position, server] of checkWeights(servers).entries()) {
    if (server.weight === 0) continue;
    names.push(formatEndpoint(server.address, server.port));
    positions.push(position);
  }
  return { names, positions };
}

/** The same in the order of their names, for those whose own order nobody promises or which must not depend on the list's. */
export function sortedEndpoints(servers: readonly Server[]): Endpoints {
  const { names, positions } = endpointsOf(servers);
  const order = [...names.keys()].sort((a, b) => compareText(names[a]!, names[b]!));
  return { names: order.map((at) => names[at]!), positions: order.map((at) => positions[at]!) };
}

/** Order of two texts by their code units, which for endpoints and digests is by bytes. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
