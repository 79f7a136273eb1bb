import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { type IpAddress, parseAddress } from "@kubenetsim/core/net/address";
import { parseCidr } from "@kubenetsim/core/net/cidr";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { algorithmNames } from "@kubenetsim/network/balancer/algorithms";
import type { ListenerOption, LoadBalancerOption } from "./declared-balancers.ts";

/** As many as one load balancer of a large cloud may have, by its default quota. */
const mostListeners = 50;
const mostBalancers = 1000;

const modes = ["vip", "nat", "proxy"];
const protocols = ["TCP", "UDP", "SCTP"];
const balancerKeys = ["name", "addresses", "listeners", "mode", "proxyProtocol", "allowedSources"];
const listenerKeys = ["protocol", "port", "targets", "algorithm", "health", "allowedSources"];
const dnsLabel = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

interface CheckedOptions {
  readonly loadBalancers?: readonly LoadBalancerOption[];
  readonly loadBalancerMode?: unknown;
  readonly loadBalancerAlgorithm?: unknown;
  /** To begin with; others may come with texts. */
  readonly nodes?: readonly (string | { readonly name: string })[];
}

/** Tells of load balancers that cannot be. @throws ParseError */
export function checkLoadBalancers(options: CheckedOptions): void {
  checkWord("loadBalancerMode", options.loadBalancerMode, modes);
  checkWord("loadBalancerAlgorithm", options.loadBalancerAlgorithm, algorithmNames);
  const given: unknown = options.loadBalancers;
  if (given === undefined) return;
  if (!Array.isArray(given)) {
    throw new ParseError(`loadBalancers: must be a list, not ${shown(given)}`, {
      hint: '[{ name: "public", addresses: ["203.0.113.80"], listeners: [{ port: 80, targets: { nodes: ["n1"], port: 80 } }] }]',
    });
  }
  if (given.length > mostBalancers) {
    throw new ParseError(`loadBalancers: ${given.length} of them, and at most ${mostBalancers} can be`);
  }
  const nodes = (options.nodes ?? []).map((node) => (typeof node === "string" ? node : node.name));
  const names = new Set<string>();
  const owners = new Map<string, string>();
  for (const [index, one] of given.entries()) {
    checkBalancer(`loadBalancers[${index}]`, one, nodes);
    const { name, addresses } = one as LoadBalancerOption;
    if (names.has(name)) throw new ParseError(`loadBalancers[${index}].name: there is another load balancer "${name}"`);
    names.add(name);
    for (const [i, text] of addresses.entries()) claim(`loadBalancers[${index}].addresses[${i}]`, text, name, owners);
  }
}

function checkBalancer(path: string, given: unknown, nodes: readonly string[]): void {
  requireKeys(path, given, balancerKeys);
  const { name, addresses, listeners, mode, allowedSources, proxyProtocol } = given as Partial<
    Record<keyof LoadBalancerOption, unknown>
  >;
  if (typeof name !== "string" || !dnsLabel.test(name)) {
    throw new ParseError(`${path}.name: must be a label of DNS, not ${shown(name)}`, { hint: 'for example "public"' });
  }
  requireList(`${path}.addresses`, addresses, '["203.0.113.80"]');
  requireList(`${path}.listeners`, listeners, '[{ port: 80, targets: { nodes: ["n1"], port: 80 } }]');
  checkWord(`${path}.mode`, mode, modes);
  checkWord(`${path}.proxyProtocol`, proxyProtocol, ["v1", "v2"]);
  if (proxyProtocol !== undefined && mode !== "proxy") {
    throw new ParseError(`${path}.proxyProtocol: only a load balancer with a connection of its own speaks it`, {
      hint: 'give mode: "proxy" with it',
    });
  }
  checkRanges(`${path}.allowedSources`, allowedSources);
  const list = listeners as readonly unknown[];
  if (list.length > mostListeners) {
    throw new ParseError(`${path}.listeners: ${list.length} of them, and a load balancer has at most ${mostListeners}`);
  }
  const taken = new Set<string>();
  for (const [i, one] of list.entries()) {
    checkListener(`${path}.listeners[${i}]`, one, nodes);
    const { protocol = "TCP", port } = one as ListenerOption;
    if (taken.has(`${protocol} ${port}`)) {
      throw new ParseError(`${path}.listeners[${i}]: there is another listener on ${protocol} ${port}`);
    }
    taken.add(`${protocol} ${port}`);
  }
}

function checkListener(path: string, given: unknown, nodes: readonly string[]): void {
  requireKeys(path, given, listenerKeys);
  const { protocol, port, targets, algorithm, health, allowedSources } = given as Partial<
    Record<keyof ListenerOption, unknown>
  >;
  checkWord(`${path}.protocol`, protocol, protocols);
  checkPort(`${path}.port`, port);
  checkWord(`${path}.algorithm`, algorithm, algorithmNames);
  checkRanges(`${path}.allowedSources`, allowedSources);
  checkTargets(`${path}.targets`, targets, nodes);
  if (health === undefined) return;
  requireKeys(`${path}.health`, health, ["port", "path"]);
  const check = health as { readonly port?: unknown; readonly path?: unknown };
  checkPort(`${path}.health.port`, check.port);
  if (check.path !== undefined && (typeof check.path !== "string" || !check.path.startsWith("/"))) {
    throw new ParseError(`${path}.health.path: must be a path, not ${shown(check.path)}`, {
      hint: 'for example "/healthz"',
    });
  }
}

function checkTargets(path: string, given: unknown, known: readonly string[]): void {
  requireKeys(path, given, ["nodes", "nodeSelector", "port"]);
  const { nodes, nodeSelector, port } = given as {
    readonly nodes?: unknown;
    readonly nodeSelector?: unknown;
    readonly port?: unknown;
  };
  checkPort(`${path}.port`, port);
  if ((nodes === undefined) === (nodeSelector === undefined)) {
    throw new ParseError(`${path}: either nodes or nodeSelector`, { hint: '{ nodes: ["n1", "n2"], port: 80 }' });
  }
  if (nodeSelector !== undefined) {
    requireObject(`${path}.nodeSelector`, nodeSelector);
    return;
  }
  requireList(`${path}.nodes`, nodes, '["n1", "n2"]');
  const seen = new Set<unknown>();
  for (const [i, name] of (nodes as readonly unknown[]).entries()) {
    const at = `${path}.nodes[${i}]`;
    if (typeof name !== "string") throw new ParseError(`${at}: must be a node's name, not ${shown(name)}`);
    if (seen.has(name)) throw new ParseError(`${at}: ${name} is there twice`);
    seen.add(name);
    if (known.length > 0 && !known.includes(name)) throw unknownNode(at, name, known);
  }
}

function unknownNode(path: string, name: string, known: readonly string[]): ParseError {
  const meant = nearestWord(name, known);
  return new ParseError(`${path}: there is no Node ${name}`, {
    hint: meant === undefined ? `the nodes are ${known.slice(0, 10).join(", ")}` : `did you mean ${meant}?`,
  });
}

function claim(path: string, text: unknown, name: string, owners: Map<string, string>): void {
  const address = typeof text === "string" ? parseAddress(text) : undefined;
  if (address === undefined) {
    throw new ParseError(`${path}: must be an IP address, not ${shown(text)}`, { hint: "for example 203.0.113.80" });
  }
  if (!isUnicast(address)) {
    throw new ParseError(`${path}: nobody can be reached at ${address}`, { hint: "for example 203.0.113.80" });
  }
  const owner = owners.get(address);
  if (owner !== undefined) throw new ParseError(`${path}: ${address} is load balancer ${owner}'s already`);
  owners.set(address, name);
}

/** Nobody has the unspecified, the loopback, the broadcast and the multicast addresses. */
function isUnicast(address: IpAddress): boolean {
  return !/^(::1?$|0\.|127\.|22[4-9]\.|23\d\.|255\.255\.255\.255$|ff[0-9a-f]{2}:)/.test(address);
}

function checkRanges(path: string, given: unknown): void {
  if (given === undefined) return;
  if (!Array.isArray(given)) {
    throw new ParseError(`${path}: must be a list of ranges, not ${shown(given)}`, { hint: '["198.51.100.0/24"]' });
  }
  for (const [i, text] of given.entries()) {
    if (typeof text === "string" && parseCidr(text) !== undefined) continue;
    throw new ParseError(`${path}[${i}]: must be a range, not ${shown(text)}`, { hint: "for example 198.51.100.0/24" });
  }
}

function checkPort(path: string, given: unknown): void {
  if (Number.isInteger(given) && (given as number) >= 1 && (given as number) <= 65535) return;
  throw new ParseError(`${path}: must be a port from 1 to 65535, not ${shown(given)}`);
}

function checkWord(path: string, given: unknown, known: readonly string[]): void {
  if (given === undefined || known.includes(given as string)) return;
  const meant = typeof given === "string" ? nearestWord(given, known) : undefined;
  throw new ParseError(`${path}: must be ${known.join(", ")}, not ${shown(given)}`, {
    ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
  });
}

function requireKeys(path: string, given: unknown, known: readonly string[]): void {
  requireObject(path, given);
  const unknown = Object.keys(given as object).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const meant = nearestWord(unknown, known);
  throw new ParseError(`${path} has no ${JSON.stringify(unknown)}`, {
    hint: meant === undefined ? `it takes ${known.join(", ")}` : `did you mean ${meant}?`,
  });
}

function requireObject(path: string, given: unknown): void {
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return;
  throw new ParseError(`${path}: must be an object, not ${shown(given)}`);
}

function requireList(path: string, given: unknown, example: string): void {
  if (Array.isArray(given) && given.length > 0) return;
  throw new ParseError(`${path}: must be a list with something in it, not ${shown(given)}`, {
    hint: `for example ${example}`,
  });
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 80) ?? String(value);
}
