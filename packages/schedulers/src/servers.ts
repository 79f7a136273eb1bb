import { formatEndpoint, parseEndpoint, type Words } from "./address.ts";
import { ipvsSchedulers } from "./ipvs/table.ts";
import type { NginxServer } from "./nginx/peers.ts";
import type { Request, Scheduler, Server } from "./scheduler.ts";
import { checkWeight } from "./weight.ts";

/** A server as one writes it down: `"10.244.0.2:8080"`, `"[fd00::2]:8080"`, or that with a weight and what it holds. */
export type ServerDescription =
  | string
  | ({
      /** With the port, or without it and `port` beside it. */
      readonly address: string;
      readonly port?: number;
      /** Whole, 0 … 2147483647; 1 when it is not given. */
      readonly weight?: number;
    } & Partial<Omit<NginxServer, "id" | "address" | "port" | "weight" | "lastWeight">>);

/**
 * Servers, named in the order in which they are configured, as the scheduler wants its array: IPVS has the newest first,
 * the others have them as configured. Their ids are 0, 1, 2 … in the order of the names.
 *
 * @throws TypeError for what is no address with a port, RangeError for a port, weight or count out of range and for two
 * servers with the same address and port.
 *
 * @example
 * serversOf(wrr, ["10.244.0.2:8080", { address: "10.244.1.3", port: 8080, weight: 3 }]).map(({ id }) => id); // [1, 0]
 */
export function serversOf(scheduler: Scheduler<unknown>, descriptions: readonly ServerDescription[]): Server[] {
  const servers = descriptions.map(serverOf);
  const seen = new Set<string>();
  for (const { address, port } of servers) {
    const endpoint = formatEndpoint(address, port);
    if (seen.has(endpoint)) throw new RangeError(`the server ${endpoint} is there twice`);
    seen.add(endpoint);
  }
  return listsNewestFirst(scheduler) ? servers.reverse() : servers;
}

/** IPVS puts a new server at the head of its list (`list_add_rcu` in `__ip_vs_new_dest`'s callers); others append. */
export function listsNewestFirst(scheduler: Scheduler<unknown>): boolean {
  return Object.hasOwn(ipvsSchedulers, scheduler.name);
}

/** The state with these servers, as a kernel comes to it: IPVS gets one server after the other, others all at once. */
export function startWith<State>(scheduler: Scheduler<State>, servers: readonly Server[], nowMs = 0): State {
  if (!listsNewestFirst(scheduler)) return scheduler.start(servers, nowMs);
  let state = scheduler.start([], nowMs);
  for (let count = 1; count <= servers.length; count++) state = scheduler.added(state, servers.slice(-count), 0);
  return state;
}

/** One server with the id given. @throws as `serversOf`. */
export function serverOf(description: ServerDescription, id: number): Server {
  const given = fieldsOf(description);
  const { address, port } = endpointOf(given.address, given.port);
  // Defaults are for what is left out; null was meant to be something.
  const { weight = 1, activeConnections = 0, inactiveConnections = 0, overloaded = false } = given;
  checkWeight(weight);
  return {
    ...given,
    id,
    address,
    port,
    weight,
    lastWeight: weight,
    activeConnections: checkCount("activeConnections", activeConnections),
    inactiveConnections: checkCount("inactiveConnections", inactiveConnections),
    overloaded,
  };
}

/** A description with its fields. @throws TypeError for what is none. */
export function fieldsOf(description: ServerDescription): Exclude<ServerDescription, string> {
  const fields = typeof description === "string" ? { address: description } : description;
  if (typeof fields?.address === "string") return fields;
  throw new TypeError(`a server is "10.244.0.2:8080" or has such an address, not ${JSON.stringify(description)}`);
}

/** A letter for each server, by id: A … Z, AA, AB … */
export function letterOf(id: number): string {
  const last = String.fromCharCode(65 + (id % 26));
  return id < 26 ? last : letterOf(Math.floor(id / 26) - 1) + last;
}

/** What `requestFrom` may be told beside where the request comes from. */
export interface RequestOptions extends Partial<Omit<Request, "sourceAddress" | "sourcePort" | "destinationAddress">> {
  /** Where it goes: address and port. A cluster IP when it is not given. */
  readonly to?: string;
}

/**
 * A request of a client.
 *
 * @throws TypeError for what is no address with a port.
 *
 * @example
 * sh.choose(state, servers, requestFrom("10.1.2.7:46152", { to: "10.96.0.10:80", usePort: true }));
 */
export function requestFrom(from: string, options: RequestOptions = {}): Request {
  const { to, ...rest } = options;
  const source = endpointOf(from);
  const destination = endpointOf(to ?? (source.address.length === 1 ? "10.96.0.10:80" : "[fd00:10:96::a]:80"));
  return {
    nowMs: 0,
    fallback: false,
    usePort: false,
    protocol: 6,
    destinationPort: destination.port,
    ...rest,
    sourceAddress: source.address,
    sourcePort: source.port,
    destinationAddress: destination.address,
  };
}

function endpointOf(text: string, port?: number): { readonly address: Words; readonly port: number } {
  const whole = port === undefined ? text : text.includes(":") ? `[${text}]:${port}` : `${text}:${port}`;
  const endpoint = parseEndpoint(whole);
  if (endpoint !== undefined) return endpoint;
  throw new TypeError(`"${whole}" is no address with a port, as in "10.244.0.2:8080" or "[fd00::2]:8080"`);
}

function checkCount(name: string, count: number): number {
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw new RangeError(`${name} is a whole number from 0, not ${count}`);
}
