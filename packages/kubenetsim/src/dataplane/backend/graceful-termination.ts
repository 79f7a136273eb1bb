import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import type { IpvsDirector } from "@kubenetsim/netfilter/ipvs/director";
import type { RealServerListing } from "@kubenetsim/netfilter/ipvs/listing";
import { virtualServerKey } from "@kubenetsim/netfilter/ipvs/virtual-server-key";
import type { RealServer, VirtualServer } from "@kubenetsim/netfilter/ruleset/virtual-server";

/** How often kube-proxy looks whether connections of real servers that go have ended (rsCheckDeleteInterval). */
export const checkIntervalMs = 60_000;

/**
 * Real servers whose endpoints are gone and that still have connections, as virtual servers in their final form: weight 0 keeps
 * new connections away from them (pkg/proxy/ipvs/graceful_termination.go). By what kube-proxy wants there instead. A value.
 */
export type Terminating = ReadonlyMap<VirtualServer, VirtualServer>;

/**
 * What must stay of the real servers that the kernel has, when these virtual servers are changed to what is wanted: those that
 * cannot go yet. An endpoint that comes back while it waits to go is taken away and added anew, as kube-proxy does.
 *
 * @param before of the last sync, for the virtual servers that are still wanted; empty at the first, when kube-proxy
 *   remembers none
 */
export function keepServing(
  director: IpvsDirector,
  changed: readonly VirtualServer[],
  before: Terminating,
): Terminating {
  const waiting = new Map([...before].map(([wanted, held]) => [virtualServerKey(held), { wanted, held }]));
  const next = new Map(before);
  for (const virtualServer of changed) {
    const known = waiting.get(virtualServerKey(virtualServer));
    if (known !== undefined) next.delete(known.wanted);
    const kept = serversThatStay(director, virtualServer, known?.held);
    if (kept.length === 0) continue;
    next.set(virtualServer, { ...virtualServer, realServers: [...virtualServer.realServers, ...kept] });
  }
  return next;
}

/** The next look at them: those go whose connections have ended. */
export function endTerminated(director: IpvsDirector, terminating: Terminating): Terminating {
  const next = new Map<VirtualServer, VirtualServer>();
  for (const [wanted, held] of terminating) {
    const active = new Set(
      director
        .realServersOf(held)
        .filter(hasConnections)
        .map(({ realServer }) => endOf(realServer)),
    );
    const staying = new Set(wanted.realServers.map(endOf));
    const realServers = held.realServers.filter((one) => staying.has(endOf(one)) || active.has(endOf(one)));
    if (realServers.length === wanted.realServers.length) continue;
    next.set(wanted, realServers.length === held.realServers.length ? held : { ...held, realServers });
  }
  return next;
}

/** Of the real servers that the kernel has and nobody wants: weight 0 where connections would be cut. */
function serversThatStay(director: IpvsDirector, wanted: VirtualServer, held: VirtualServer | undefined): RealServer[] {
  const staying = new Set(wanted.realServers.map(endOf));
  const waiting = new Set(held?.realServers.filter(({ weight }) => weight === 0).map(endOf));
  const kept: RealServer[] = [];
  for (const listing of director.realServersOf(wanted)) {
    const { realServer } = listing;
    const isWaiting = waiting.has(endOf(realServer));
    if (staying.has(endOf(realServer))) {
      if (isWaiting) director.deleteRealServer(wanted, realServer.address, realServer.port);
    } else if (isWaiting || (wanted.protocol === "TCP" && hasConnections(listing))) {
      kept.push({ ...realServer, weight: 0 });
    }
  }
  return kept;
}

function hasConnections({ activeConnections, inactiveConnections }: RealServerListing): boolean {
  return activeConnections + inactiveConnections > 0;
}

function endOf({ address, port }: RealServer): string {
  return joinHostPort(address, port);
}
