import type { Service, ServiceSpec } from "../../model/service.ts";
import type { IpFamily } from "../../net/address.ts";
import { StatusError } from "../../runtime/errors.ts";
import { addressRefusal, nextAddress, serviceFamilies } from "../allocate/address-allocator.ts";
import { PortOperation } from "../allocate/port-allocator.ts";
import type { ClusterState } from "../cluster-state.ts";
import type { Draft } from "../draft.ts";
import type { Write } from "../kinds/rules.ts";
import { type FieldError, invalid, Refusal } from "../validate/field-error.ts";
import { allocatesNodePorts, needsHealthCheck, needsNodePort, portNumbers } from "./service-facts.ts";
import { fillFamilies, keepsPreferDualStack } from "./service-families.ts";

/**
 * Gives a Service its families, cluster IPs, node ports and health check node port. It comes before validation, so an
 * allocator's refusal hides a validator's (pkg/registry/core/service/storage/alloc.go).
 *
 * @throws Refusal, and StatusError of reason InternalError when a range is full.
 */
export function allocateService(
  state: ClusterState,
  service: Draft<Service>,
  old: ServiceSpec | undefined,
  write: Write,
): void {
  const { spec } = service;
  fillFamilies(spec, old, serviceFamilies(state));
  allocateAddresses(state, service, old, write);
  const ports = new PortOperation(state, write);
  if (needsNodePort(spec)) {
    if (old === undefined) takeNodePorts(spec, ports);
    else updateNodePorts(spec, old, ports);
  }
  if (needsHealthCheck(spec) && !(old !== undefined && needsHealthCheck(old))) takeHealthCheckPort(spec, ports);
}

function allocateAddresses(
  state: ClusterState,
  service: Draft<Service>,
  old: ServiceSpec | undefined,
  write: Write,
): void {
  const { spec } = service;
  const fresh = old === undefined || old.type === "ExternalName";
  if (spec.type === "ExternalName" || (fresh && spec.clusterIPs?.[0] === "None")) return;
  if (!fresh && (keepsPreferDualStack(spec, old) || old.clusterIPs?.[0] === "None")) return;
  const families = spec.ipFamilies ?? [];
  if (fresh) takeAddresses(state, service, families, write, 0);
  else if (old.ipFamilies?.length === 1 && families.length === 2) takeAddresses(state, service, families, write, 1);
}

/** Takes the asked-for addresses first, then any others, from the family at `from` on. */
function takeAddresses(
  state: ClusterState,
  service: Draft<Service>,
  families: readonly IpFamily[],
  write: Write,
  from: number,
): void {
  const { spec } = service;
  const ips = [...(spec.clusterIPs ?? [])];
  while (ips.length < families.length) ips.push("");
  for (let i = from; i < families.length; i++) {
    const family = families[i]!;
    if (ips[i] === "") {
      const address = nextAddress(state, family, write, ips);
      if (address === undefined) throw rangeFull(service.metadata.name);
      if (!service.metadata.name && !write.dryRun) throw new Refusal([nobodysAddress(ips, address)]);
      ips[i] = address;
    } else {
      const refusal = addressRefusal(state, family, ips[i]!, write);
      if (refusal !== undefined) {
        throw new Refusal([invalid("spec.clusterIPs", ips, `failed to allocate IP ${ips[i]}: ${refusal}`)]);
      }
    }
  }
  if (families.length === 0) return;
  spec.clusterIPs = ips;
  spec.clusterIP = ips[0]!;
}

/** An address is kept for somebody by name (ipallocator, createIPAddress). */
function nobodysAddress(ips: readonly string[], address: string): FieldError {
  const reason = `IPAddress.networking.k8s.io "${address}" is invalid: spec.parentRef.name: Required value`;
  return invalid("spec.clusterIPs", ips, `failed to allocate IP: ${reason}`);
}

function rangeFull(name: string): StatusError {
  return internal(
    `failed to allocate a serviceIP for Service ${JSON.stringify(name)}: range is full`,
    "add a ServiceCIDR with another range, or delete Services",
  );
}

function internal(text: string, hint?: string): StatusError {
  return new StatusError("InternalError", `Internal error occurred: ${text}`, hint === undefined ? {} : { hint });
}

/** Ports of one number (TCP and UDP 53) share a node port. */
function takeNodePorts(spec: Draft<ServiceSpec>, ports: PortOperation): void {
  const byPort = new Map<number, number>();
  for (const [i, port] of (spec.ports ?? []).entries()) {
    if (!port.nodePort && !allocatesNodePorts(spec)) continue;
    const shared = byPort.get(port.port);
    if (shared === undefined) {
      const asked = spec.ports!.find((other) => other.port === port.port && other.nodePort)?.nodePort;
      port.nodePort = asked === undefined ? anyNodePort(ports) : askedNodePort(ports, i, asked);
      byPort.set(port.port, port.nodePort);
    } else if (!port.nodePort) {
      port.nodePort = shared;
    } else if (port.nodePort !== shared) {
      askedNodePort(ports, i, port.nodePort);
    }
  }
}

function updateNodePorts(spec: Draft<ServiceSpec>, old: ServiceSpec, ports: PortOperation): void {
  const before = portNumbers(old);
  const taken = new Set<number>();
  const pairs = new Set<string>();
  for (const [i, port] of (spec.ports ?? []).entries()) {
    if (!port.nodePort && !allocatesNodePorts(spec)) continue;
    if (!port.nodePort) {
      port.nodePort = anyNodePort(ports);
    } else if (!before.includes(port.nodePort) && !taken.has(port.nodePort)) {
      askedNodePort(ports, i, port.nodePort);
      taken.add(port.nodePort);
    }
    const pair = `{${port.protocol} ${port.nodePort}}`;
    if (pairs.has(pair)) throw new StatusError("Unknown", `duplicate nodePort: ${pair}`);
    pairs.add(pair);
  }
}

function anyNodePort(ports: PortOperation): number {
  const port = ports.takeAny();
  if (port === undefined) throw internal("failed to allocate a nodePort: range is full", ports.fullHint());
  return port;
}

function askedNodePort(ports: PortOperation, index: number, port: number): number {
  const refusal = ports.take(port);
  if (refusal !== undefined) throw new Refusal([invalid(`spec.ports[${index}].nodePort`, port, refusal)]);
  return port;
}

function takeHealthCheckPort(spec: Draft<ServiceSpec>, ports: PortOperation): void {
  const asked = spec.healthCheckNodePort;
  if (asked) {
    const refusal = ports.take(asked);
    if (refusal === undefined) return;
    throw internal(`failed to allocate requested HealthCheck NodePort ${asked}: ${refusal}`);
  }
  const port = ports.takeAny();
  if (port === undefined) {
    throw internal("failed to allocate a HealthCheck NodePort 0: range is full", ports.fullHint());
  }
  spec.healthCheckNodePort = port;
}
