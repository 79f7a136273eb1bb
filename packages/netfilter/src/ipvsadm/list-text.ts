import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { IpvsDirector } from "../ipvs/director.ts";
import { virtualServerKey } from "../ipvs/virtual-server-key.ts";
import type { VirtualServer } from "../ruleset/virtual-server.ts";
import { printIpvsadmConnections } from "../text/ipvsadm-connections.ts";
import { type IpvsadmView, printIpvsadm } from "../text/ipvsadm-print.ts";
import { printIpvsadmSave } from "../text/ipvsadm-save.ts";
import type { IpvsadmCommand } from "./read-command.ts";

const unsupportedKinds = ["rate", "daemon", "tun-info"] as const;

/** What `ipvsadm -L` and `-S` print, with `-n`: names are not looked up. */
export function listText(director: IpvsDirector, { name, kinds }: IpvsadmCommand, named: VirtualServer): string {
  for (const kind of unsupportedKinds) {
    if (kinds.has(kind)) throw new UnsupportedError(`ipvsadm --${kind}`, "a listing");
  }
  if (kinds.has("timeout")) {
    const { tcp, tcpFin, udp } = director.timeouts;
    return `Timeout (tcp tcpfin udp): ${tcp} ${tcpFin} ${udp}\n`;
  }
  if (!kinds.has("numeric")) throw new UnsupportedError("ipvsadm without -n", "a listing with names");
  if (name === "save") return printIpvsadmSave(director.list());
  if (kinds.has("connection")) return printIpvsadmConnections(director.listConnections());
  const view = viewOf(kinds);
  const options = { ...(view === undefined ? {} : { view }), sorted: !kinds.has("nosort"), exact: kinds.has("exact") };
  if (!kinds.has("service-address")) return printIpvsadm(director.list(), options);
  const key = virtualServerKey(named);
  const listing = director.list().filter(({ virtualServer }) => virtualServerKey(virtualServer) === key);
  if (listing.length === 0) throw new ParseError("No such service");
  // The line with the version stands above whole tables alone.
  return printIpvsadm(listing, options).replace(/^.*\n/, "");
}

/** The first that ipvsadm asks for, of several. */
function viewOf(kinds: IpvsadmCommand["kinds"]): IpvsadmView | undefined {
  if (kinds.has("stats")) return "stats";
  if (kinds.has("thresholds")) return "thresholds";
  return kinds.has("persistent-conn") ? "persistent-conn" : undefined;
}
