import type { RealServerListing, VirtualServerListing } from "../ipvs/listing.ts";
import { sortListing } from "../text/ipvsadm-sort.ts";
import { endpointName } from "../text/ipvsadm-words.ts";
import { type RuleBox, type RuleGroup, type RuleLine, whyText } from "./rule-boxes.ts";

/** The virtual servers with their real servers, in the order of `ipvsadm -Ln`. */
export function ipvsBoxes(listing: readonly VirtualServerListing[]): RuleGroup {
  return { heading: "virtual servers", boxes: sortListing(listing).map(boxOf) };
}

function boxOf({ virtualServer, realServers }: VirtualServerListing): RuleBox {
  const { fwmark, protocol, scheduler, persistenceTimeout, origin } = virtualServer;
  const name = fwmark === undefined ? `${protocol} ${endpointName(virtualServer)}` : `FWM ${fwmark}`;
  const persistent = persistenceTimeout === undefined ? "" : `, persistent ${persistenceTimeout} s`;
  const why = whyText(origin);
  return {
    name,
    kind: "virtual server",
    title: `${name} ${scheduler}${persistent}`,
    note: why,
    lines: realServers.map(lineOf),
  };
}

function lineOf({ realServer, activeConnections, inactiveConnections }: RealServerListing): RuleLine {
  const { forward, weight } = realServer;
  const counts = `${activeConnections} active, ${inactiveConnections} inactive`;
  return { text: `→ ${endpointName(realServer)} ${forward}, weight ${weight}, ${counts}`, why: "", to: [] };
}
