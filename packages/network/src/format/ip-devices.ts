import { addToAddress, formatAddress } from "@kubenetsim/core/net/address";
import { maskWords } from "@kubenetsim/core/net/cidr";
import type { DeviceAddress, Host } from "../topology/host.ts";
import { vethName } from "../topology/pod-host.ts";
import type { Topology } from "../topology/topology.ts";

/** A network device of a node as `ip` tells of it. */
export interface NodeDevice {
  readonly index: number;
  readonly name: string;
  /** `if2`: the other end of a veth pair, in a Pod. */
  readonly peer?: string;
  readonly flags: readonly string[];
  readonly mtu: number;
  readonly qdisc: string;
  readonly master?: string;
  readonly state: "UP" | "DOWN" | "UNKNOWN";
  /** Undefined where the queue has no length. */
  readonly queueLength?: number;
  readonly hardware: string;
  /** `link-netnsid 0` */
  readonly more?: string;
  readonly addresses: readonly DeviceAddress[];
}

const up = ["UP", "LOWER_UP"];

/**
 * The devices of a node: those of its own, and a veth for each Pod on it. Hardware addresses, which a kernel draws, follow from
 * the names; link-local addresses are not modelled.
 */
export function nodeDevices(topology: Topology, host: Host): NodeDevice[] {
  const pods = [...topology.attached.values()].filter(({ node }) => node.host === host);
  const own = host.devices.filter(({ name }) => !isVeth(name));
  const isBridged = own.some(({ name }) => name === "cni0");
  const veths = pods.map(({ key }, i) => veth(host, vethName(key), own.length + 1 + i, i, isBridged));
  return [...own.map((device, i) => ownDevice(host, device.name, i + 1, device.addresses, pods.length > 0)), ...veths];
}

function isVeth(name: string): boolean {
  return name.startsWith("veth");
}

function ownDevice(
  host: Host,
  name: string,
  index: number,
  addresses: readonly DeviceAddress[],
  hasPods: boolean,
): NodeDevice {
  const common = { index, name, addresses, mtu: 1500, queueLength: 1000, hardware: hardwareText(host, name) };
  switch (name) {
    case "lo":
      return {
        ...common,
        flags: ["LOOPBACK", ...up],
        mtu: 65536,
        qdisc: "noqueue",
        state: "UNKNOWN",
        hardware: "link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00",
      };
    case "kube-ipvs0": {
      // kube-proxy makes it with a queue of no length, and never sets it up.
      const { queueLength: _, ...rest } = common;
      return { ...rest, flags: ["BROADCAST", "NOARP"], qdisc: "noop", state: "DOWN" };
    }
    case "cni0":
      return hasPods
        ? { ...common, flags: ["BROADCAST", "MULTICAST", ...up], qdisc: "noqueue", state: "UP" }
        : { ...common, flags: ["NO-CARRIER", "BROADCAST", "MULTICAST", "UP"], qdisc: "noqueue", state: "DOWN" };
    default:
      return { ...common, flags: ["BROADCAST", "MULTICAST", ...up], qdisc: "fq_codel", state: "UP" };
  }
}

function veth(host: Host, name: string, index: number, namespace: number, isBridged: boolean): NodeDevice {
  return {
    index,
    name,
    peer: "if2",
    flags: ["BROADCAST", "MULTICAST", ...up],
    mtu: 1500,
    qdisc: "noqueue",
    ...(isBridged ? { master: "cni0" } : {}),
    state: "UP",
    queueLength: 1000,
    hardware: hardwareText(host, name),
    more: `link-netnsid ${namespace}`,
    addresses: [],
  };
}

/** A locally administered address. */
function hardwareText(host: Host, device: string): string {
  const bytes = [0, 1].flatMap((part) => {
    let hash = 0x811c9dc5;
    for (const char of `${part} ${host.name} ${device}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
    return [hash >>> 24, (hash >>> 16) & 255, (hash >>> 8) & 255];
  });
  bytes[0] = (bytes[0]! & 0xfc) | 2;
  return `link/ether ${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":")} brd ff:ff:ff:ff:ff:ff`;
}

/** The last address of the network, to which IPv4 broadcasts go; undefined where there is none. */
export function broadcastOf({ words, prefix }: DeviceAddress): string | undefined {
  if (words.length !== 1 || prefix > 30 || words[0]! >>> 24 === 127) return undefined;
  return formatAddress(addToAddress(maskWords(words, prefix), 2 ** (32 - prefix) - 1));
}
