import { toNumber } from "@kubenetsim/network/shares/ratio";
import { shares } from "@kubenetsim/network/shares/shares";
import { compileIpvs } from "@kubenetsim/proxy/ipvs/sync-ipvs";
import { schedulerNamed } from "@kubenetsim/schedulers/schedulers";
import { serversOf } from "@kubenetsim/schedulers/servers";
import { targetOf } from "./made-cluster.ts";
import { type Sender, sender } from "./measure-packet.ts";
import { snapshotOf } from "./measure-sync.ts";
import type { Measured } from "./measures.ts";
import type { Parameters } from "./parameters.ts";
import type { Setting } from "./setting.ts";

/** Connections that are opened where the sequence decides: so many for each endpoint, as long as there are source ports. */
const rounds = 10;
const firstSourcePort = 40_000;
const sourcePorts = 20_000;

/**
 * What share of new connections each endpoint gets, exactly: the odds where chance decides; in ipvs mode with sh and mh the
 * parts of the scheduler's table, as clients that are spread evenly over it find them; else, where the sequence decides, the
 * shares of the next ten connections for each endpoint, which one client opens and leaves open.
 */
export function measureShares(setting: Setting): Measured {
  const found = sharesOf(setting).filter((share) => share > 0);
  if (found.length === 0) return { endpointsChosen: 0 };
  return { smallestShare: Math.min(...found), largestShare: Math.max(...found), endpointsChosen: found.length };
}

function sharesOf(setting: Setting): number[] {
  const { parameters } = setting.cell;
  const { mode, scheduler } = parameters;
  if (mode === "ipvs" && (scheduler === "sh" || scheduler === "mh")) return tableShares(setting);
  const sent = sender(setting);
  return mode === "ipvs" || mode === "userspace" ? turnShares(parameters, sent) : oddsOf(sent);
}

function oddsOf({ topology, plane, request }: Sender): number[] {
  return shares(topology, plane.attach(topology.nodes), request)
    .filter(({ disposition }) => disposition === "delivered")
    .map(({ chance }) => toNumber(chance));
}

function tableShares(setting: Setting): number[] {
  const { parameters } = setting.cell;
  const { destination, destinationPort } = targetOf(parameters, setting.site);
  const { virtualServers } = compileIpvs(snapshotOf(setting));
  const wanted = virtualServers.find(({ address, port }) => address === destination && port === destinationPort);
  const scheduler = schedulerNamed(parameters.scheduler);
  const names = (wanted?.realServers ?? []).map(({ address, port }) => `${address}:${port}`);
  const servers = serversOf(scheduler, names);
  const { parts, whole } = scheduler.odds!(scheduler.start(servers, 0), servers);
  return parts.map((part) => Number(part) / Number(whole));
}

function turnShares({ endpoints }: Parameters, { tracer, request }: Sender): number[] {
  const connections = endpoints * Math.max(1, Math.min(rounds, Math.floor(sourcePorts / endpoints)));
  const taken = new Map<string, number>();
  for (let i = 0; i < connections; i++) {
    const { disposition, received } = tracer.trace({ ...request, sourcePort: firstSourcePort + i });
    if (disposition !== "delivered" || received === undefined) continue;
    taken.set(received.destination, (taken.get(received.destination) ?? 0) + 1);
  }
  return [...taken.values()].map((count) => count / connections);
}
