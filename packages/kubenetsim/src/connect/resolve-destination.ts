import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import type { Service, ServicePortSpec } from "@kubenetsim/core/model/service";
import { type IpAddress, parseAddress } from "@kubenetsim/core/net/address";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { AddressedDestination } from "./destination.ts";

/** Where a packet goes, in numbers. */
export interface Target {
  readonly address: IpAddress;
  readonly port: number;
  readonly protocol: Protocol;
}

/**
 * The address and port behind a destination. A Service stands for its cluster IP.
 *
 * @throws ParseError when there is no such Service or port, or when it has no single address.
 */
export function resolveDestination(state: ClusterState, destination: AddressedDestination): Target {
  switch (destination.kind) {
    case "address":
      return destination;
    case "service": {
      const service = serviceByKey(state, destination.namespace, destination.name);
      const address = clusterAddress(service);
      const { port, protocol } = servicePort(service, destination.port, destination.protocol);
      return { address, port, protocol: protocol ?? "TCP" };
    }
    default:
      return destination satisfies never;
  }
}

export function serviceByKey(state: ClusterState, namespace: string, name: string): Service {
  const key = `${namespace}/${name}`;
  const service = state.tables.Service.get(key);
  if (service !== undefined) return service;
  const meant = nearestWord(key, state.tables.Service.keys());
  throw new ParseError(`there is no Service ${key}`, {
    hint: meant === undefined ? "kubenetsim get -f … svc lists them" : `did you mean svc/${meant}?`,
  });
}

function clusterAddress(service: Service): IpAddress {
  const title = `Service ${service.metadata.namespace}/${service.metadata.name}`;
  if (service.spec.type === "ExternalName") {
    throw new ParseError(`${title} is only another name for ${service.spec.externalName}`, {
      hint: "names outside of the cluster are not resolved: give an address",
    });
  }
  const address = parseAddress(service.spec.clusterIPs?.[0] ?? service.spec.clusterIP ?? "");
  if (address === undefined) {
    throw new ParseError(`${title} is headless: its name stands for its Pods, and it has no address of its own`, {
      hint: "give the address of one of its Pods (kubenetsim get -f … endpointslices)",
    });
  }
  return address;
}

function servicePort(service: Service, port: string | undefined, protocol: Protocol | undefined): ServicePortSpec {
  const ports = (service.spec.ports ?? []).filter(
    (candidate) => protocol === undefined || (candidate.protocol ?? "TCP") === protocol,
  );
  if (port === undefined && ports.length === 1) return ports[0]!;
  const found = ports.find((candidate) => candidate.name === port) ?? ports.find((one) => String(one.port) === port);
  if (found !== undefined) return found;
  const title = `Service ${service.metadata.namespace}/${service.metadata.name}`;
  const known = (service.spec.ports ?? []).map(portText).join(", ");
  throw new ParseError(
    port === undefined
      ? `${title} has several ports: say which`
      : `${title} has no port ${port.slice(0, 80)}${port.length > 80 ? "…" : ""}`,
    {
      hint: known === "" ? "it has no ports at all" : `it has ${known}`,
    },
  );
}

function portText({ name, port, protocol = "TCP" }: ServicePortSpec): string {
  return `${name === undefined ? "" : `${name} = `}${port}/${protocol.toLowerCase()}`;
}
