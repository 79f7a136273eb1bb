import type { EndpointPort } from "../../model/endpoint-slice.ts";
import type { Container, Pod } from "../../model/pod.ts";
import type { Service, ServicePortSpec } from "../../model/service.ts";
import { sortPorts } from "./port-hash.ts";

/** Ports that one slice can hold, with the key that equal lists share. */
export interface PortGroup {
  readonly key: string;
  readonly ports: readonly EndpointPort[];
}

/**
 * The ports of a Service as each Pod has them. A named target port that a Pod lacks is left out for that Pod, so Pods of
 * one Service can be in several groups and so in several slices.
 */
export function portGrouping(service: Service): (pod: Pod) => PortGroup {
  const servicePorts = service.spec.ports ?? [];
  const fixed = servicePorts.every((port) => typeof port.targetPort === "number");
  const groups = new Map<string, PortGroup>();
  const groupOf = (numbers: readonly (number | undefined)[]): PortGroup => {
    const memo = numbers.join();
    const group = groups.get(memo) ?? newPortGroup(servicePorts, numbers);
    groups.set(memo, group);
    return group;
  };
  if (!fixed) return (pod) => groupOf(servicePorts.map((port) => targetPortOf(pod, port)));
  const only = groupOf(servicePorts.map((port) => port.targetPort as number));
  return () => only;
}

/** A group's key, for the ports of a slice that stands already. */
export function portGroupKey(ports: readonly EndpointPort[] | null | undefined): string {
  return sortPorts(ports ?? [])
    .map((port) => JSON.stringify([port.name, port.protocol, port.port, port.appProtocol]))
    .join();
}

function newPortGroup(servicePorts: readonly ServicePortSpec[], numbers: readonly (number | undefined)[]): PortGroup {
  const ports: EndpointPort[] = [];
  servicePorts.forEach((servicePort, index) => {
    const port = numbers[index];
    if (port === undefined) return;
    const { name = "", protocol = "TCP", appProtocol } = servicePort;
    ports.push({ name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) });
  });
  const sorted = sortPorts(ports);
  return { key: portGroupKey(sorted), ports: sorted };
}

/** The number behind a target port; containers come before sidecars (init containers that always restart). */
export function targetPortOf(pod: Pod, servicePort: ServicePortSpec): number | undefined {
  const target = servicePort.targetPort ?? servicePort.port;
  if (typeof target === "number") return target;
  const protocol = servicePort.protocol ?? "TCP";
  const sidecars = pod.spec.initContainers?.filter((container) => container.restartPolicy === "Always") ?? [];
  return namedPort(pod.spec.containers, target, protocol) ?? namedPort(sidecars, target, protocol);
}

function namedPort(containers: readonly Container[], name: string, protocol: string): number | undefined {
  for (const container of containers) {
    const port = container.ports?.find((port) => port.name === name && (port.protocol ?? "TCP") === protocol);
    if (port !== undefined) return port.containerPort;
  }
  return undefined;
}
