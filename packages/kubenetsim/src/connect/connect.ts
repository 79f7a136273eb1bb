import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { Trace } from "@kubenetsim/core/trace/trace";
import type { Topology } from "@kubenetsim/network/topology/topology";
import type { Tracer } from "@kubenetsim/network/trace/tracer";
import type { Request } from "@kubenetsim/network/walk/request";
import type { AddressedDestination } from "./destination.ts";
import { resolveDestination } from "./resolve-destination.ts";
import { resolveSource } from "./resolve-source.ts";
import { parseSource, type Source } from "./source.ts";

/** A new connection: from whom, to what. A text is read by `parseSource`. */
export interface Connection {
  readonly from: Source | string;
  readonly to: AddressedDestination;
  readonly sourcePort: number;
}

/** Sends a connection's first packet and its answer through a network. @throws ParseError for names that do not exist. */
export function connect(state: ClusterState, tracer: Tracer, connection: Connection): Trace {
  return tracer.trace(requestOf(state, tracer.walker.topology, connection));
}

/** A connection's first packet in addresses and ports. @throws ParseError for names that do not exist. */
export function requestOf(state: ClusterState, topology: Topology, connection: Connection): Request {
  const from = typeof connection.from === "string" ? parseSource(connection.from) : connection.from;
  const target = resolveDestination(state, connection.to);
  const sender = resolveSource(state, topology, from);
  return {
    from: sender.host,
    protocol: target.protocol,
    destination: target.address,
    destinationPort: target.port,
    sourcePort: connection.sourcePort,
    ...(sender.address === undefined ? {} : { source: sender.address }),
  };
}
