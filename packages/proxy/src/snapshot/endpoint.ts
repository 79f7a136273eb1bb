import type { EndpointSlice, SliceEndpoint } from "@kubenetsim/core/model/endpoint-slice";
import { type AddressWords, formatAddress, type IpAddress } from "@kubenetsim/core/net/address";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { parseSloppyWords } from "./sloppy-address.ts";

/** kube-proxy's view of one endpoint of a Service port (pkg/proxy/endpoint.go). */
export interface Endpoint {
  /** `10.244.1.5:80` or `[fd00::5]:80`: its identity and sort key. */
  readonly text: string;
  readonly address: IpAddress;
  readonly words: AddressWords;
  readonly port: number;
  /** The node that it is on; "" where its slice does not say. */
  readonly nodeName: string;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
  readonly zoneHints: readonly string[];
  readonly nodeHints: readonly string[];
}

const none: readonly string[] = [];

/**
 * Endpoints of one Service by `portName/PROTOCOL`, each list sorted by text in byte order, so that 10.0.0.10 precedes
 * 10.0.0.9 (pkg/proxy/endpointslicecache.go). Slices are read in the order given; of two endpoints with one text the
 * later one counts unless it terminates.
 */
export function endpointsOfSlices(slices: readonly EndpointSlice[]): Map<string, Endpoint[]> {
  const byPort = new Map<string, Map<string, Endpoint>>();
  for (const slice of slices) {
    for (const port of slice.ports ?? []) {
      if (port.name === undefined || port.name === null || !port.port) continue;
      const key = `${port.name}/${port.protocol ?? "TCP"}`;
      const endpoints = byPort.get(key) ?? new Map<string, Endpoint>();
      byPort.set(key, endpoints);
      addEndpoints(endpoints, slice.endpoints ?? [], port.port);
    }
  }
  const sorted = new Map<string, Endpoint[]>();
  for (const [key, endpoints] of byPort) sorted.set(key, [...endpoints.values()].sort(byText));
  return sorted;
}

function addEndpoints(endpoints: Map<string, Endpoint>, added: readonly SliceEndpoint[], port: number): void {
  for (const one of added) {
    const words = one.addresses.length === 0 ? undefined : parseSloppyWords(one.addresses[0]!);
    if (words === undefined) continue;
    const endpoint = readEndpoint(one, words, port);
    if (!endpoints.has(endpoint.text) || !endpoint.terminating) endpoints.set(endpoint.text, endpoint);
  }
}

function readEndpoint(one: SliceEndpoint, words: AddressWords, port: number): Endpoint {
  const address = formatAddress(words);
  return {
    text: joinHostPort(address, port),
    address,
    words,
    port,
    nodeName: one.nodeName ?? "",
    ready: one.conditions?.ready ?? true,
    serving: one.conditions?.serving ?? true,
    terminating: one.conditions?.terminating ?? false,
    zoneHints: one.hints?.forZones?.map((zone) => zone.name) ?? none,
    nodeHints: one.hints?.forNodes?.map((node) => node.name) ?? none,
  };
}

/** Is it on the node of this name? */
export function isLocalTo(nodeName: string, endpoint: Endpoint): boolean {
  return nodeName !== "" && endpoint.nodeName === nodeName;
}

/** Equal in all that rules are made from. */
export function sameEndpoints(a: readonly Endpoint[], b: readonly Endpoint[]): boolean {
  return a.length === b.length && a.every((endpoint, i) => sameEndpoint(endpoint, b[i]!));
}

function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  return (
    a.text === b.text &&
    a.nodeName === b.nodeName &&
    a.ready === b.ready &&
    a.serving === b.serving &&
    a.terminating === b.terminating &&
    a.zoneHints.join() === b.zoneHints.join() &&
    a.nodeHints.join() === b.nodeHints.join()
  );
}

function byText(a: Endpoint, b: Endpoint): number {
  return a.text < b.text ? -1 : 1;
}
