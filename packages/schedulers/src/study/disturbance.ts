import { formatAddress } from "../address.ts";
import { weightedAs } from "../balance.ts";
import type { Request, Scheduler, Server } from "../scheduler.ts";
import { listsNewestFirst, requestFrom, startWith } from "../servers.ts";
import { type Fraction, fraction } from "./fraction.ts";

export interface Disturbance {
  /** Clients of all that the server had, who have to move. */
  readonly had: Fraction;
  /** Clients of the others who move although their server stayed. */
  readonly moved: Fraction;
  /** Clients whom nobody takes while the server is away. */
  readonly refused: Fraction;
  /** Clients who are elsewhere than in the beginning once it is back. */
  readonly elsewhere: Fraction;
}

/**
 * What a server's leaving does to the clients: each of them asks before, while the server is away, and after it has come
 * back. `removed` takes it from the list (and IPVS adds it at the head again), `quiesced` sets its weight to 0 and back.
 * Meaningful where a client has a server of its own: hashes, and what remembers clients.
 *
 * @throws RangeError when no server has the id.
 */
export function disturbance<State>(
  scheduler: Scheduler<State>,
  servers: readonly Server[],
  id: number,
  how: "removed" | "quiesced" = "removed",
  clients: readonly Request[] = manyClients(10_000),
): Disturbance {
  const at = servers.findIndex((server) => server.id === id);
  if (at < 0) throw new RangeError(`no server has the id ${id}`);
  const server = servers[at]!;
  const before = askAll(scheduler, startWith(scheduler, servers), servers, clients);
  const others = how === "removed" ? servers.toSpliced(at, 1) : servers.with(at, weightedAs(server, 0));
  const left =
    how === "removed" ? scheduler.removed(before.state, others, at) : scheduler.changed(before.state, others);
  const during = askAll(scheduler, left, others, clients);
  const back = listsNewestFirst(scheduler) ? 0 : others.length;
  const again = how === "removed" ? others.toSpliced(back, 0, server) : servers;
  const joined =
    how === "removed" ? scheduler.added(during.state, again, back) : scheduler.changed(during.state, again);
  const after = askAll(scheduler, joined, again, clients);
  const share = (such: (client: number) => boolean): Fraction =>
    fraction(clients.filter((_, client) => such(client)).length, clients.length);
  return {
    had: share((client) => before.ids[client] === id),
    moved: share((client) => before.ids[client] !== id && during.ids[client] !== before.ids[client]),
    refused: share((client) => during.ids[client] === -1),
    elsewhere: share((client) => after.ids[client] !== before.ids[client]),
  };
}

/**
 * So many clients, each at an address of its own from 10.0.0.0 on, each with a destination (100.64.0.0 and on), a port
 * and a key of its own, so that every kind of hash tells them apart.
 */
export function manyClients(count: number): Request[] {
  return Array.from({ length: count }, (_, client) => {
    const from = `${formatAddress([0x0a000000 + client])}:${1024 + ((client * 7919) % 60_000)}`;
    return requestFrom(from, { to: `${formatAddress([0x64400000 + client])}:80`, key: `/page/${client}` });
  });
}

function askAll<State>(
  scheduler: Scheduler<State>,
  start: State,
  servers: readonly Server[],
  clients: readonly Request[],
): { readonly state: State; readonly ids: readonly number[] } {
  let state = start;
  const ids = clients.map((client) => {
    const choice = scheduler.choose(state, servers, client);
    state = choice.state;
    return choice.index < 0 ? -1 : servers[choice.index]!.id;
  });
  return { state, ids };
}
