import type { ContainerPort, Pod } from "../model/pod.ts";
import { isPodTerminal } from "./pod-conditions.ts";

const everyAddress = "0.0.0.0";

/** The ports of its node that a Pod asks for; its sidecars' are among them (pkg/scheduler/framework/plugins/nodeports, `getPodsContainerPorts`). */
export function hostPortsOf({ spec }: Pick<Pod, "spec">): ContainerPort[] {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  return [...sidecars, ...spec.containers].flatMap(({ ports = [] }) =>
    ports.filter(({ hostPort = 0 }) => hostPort > 0),
  );
}

/** Whether a node that runs these Pods has one of the ports taken (pkg/scheduler/framework `HostPortInfo.CheckConflict`). */
export function hasTaken(ports: readonly ContainerPort[], pods: Iterable<Pod>): boolean {
  for (const pod of pods) {
    if (isPodTerminal(pod)) continue;
    const taken = hostPortsOf(pod);
    if (ports.some((port) => taken.some((other) => conflicts(port, other)))) return true;
  }
  return false;
}

function conflicts(one: ContainerPort, other: ContainerPort): boolean {
  if (one.hostPort !== other.hostPort || (one.protocol ?? "TCP") !== (other.protocol ?? "TCP")) return false;
  const [address, otherAddress] = [one.hostIP || everyAddress, other.hostIP || everyAddress];
  return address === otherAddress || address === everyAddress || otherAddress === everyAddress;
}

/** `TCP 80, TCP 443`. */
export function hostPortsText(ports: readonly ContainerPort[]): string {
  return ports.map(({ protocol = "TCP", hostPort }) => `${protocol} ${hostPort}`).join(", ");
}
