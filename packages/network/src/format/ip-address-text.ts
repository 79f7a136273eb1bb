import { formatAddress, type IpFamily } from "@kubenetsim/core/net/address";
import type { DeviceAddress } from "../topology/host.ts";
import { broadcastOf, type NodeDevice } from "./ip-devices.ts";

export interface IpView {
  /** `-4`, `-6` */
  readonly family?: IpFamily | undefined;
}

/** `ip addr` of iproute2 6.1. */
export function printIpAddr(devices: readonly NodeDevice[], { family }: IpView = {}): string {
  return shownDevices(devices, family)
    .flatMap((device) => [
      headLine(device, "addr", family),
      ...(family === undefined ? [linkLine(device)] : []),
      ...addressesOf(device, family).flatMap((address) => [
        `    ${addressLine(device, address)}`,
        "       valid_lft forever preferred_lft forever",
      ]),
    ])
    .map(lineEnd)
    .join("");
}

/** `ip link` */
export function printIpLink(devices: readonly NodeDevice[]): string {
  return devices
    .flatMap((device) => [headLine(device, "link", undefined), linkLine(device)])
    .map(lineEnd)
    .join("");
}

/** `ip -br addr`: a line for each device. */
export function printBriefAddr(devices: readonly NodeDevice[], { family }: IpView = {}): string {
  return shownDevices(devices, family)
    .map(
      (device) =>
        `${briefHead(device)}${addressesOf(device, family)
          .map((one) => `${withPrefix(one)} `)
          .join("")}\n`,
    )
    .join("");
}

/** `ip -br link` */
export function printBriefLink(devices: readonly NodeDevice[]): string {
  return devices
    .map((device) => `${briefHead(device)}${device.hardware.split(" ")[1]} <${device.flags.join(",")}> \n`)
    .join("");
}

/** `ip -o addr`: a line for each address. */
export function printOneLineAddr(devices: readonly NodeDevice[], { family }: IpView = {}): string {
  return devices
    .flatMap((device) =>
      addressesOf(device, family).map(
        (address) =>
          `${device.index}: ${device.name}    ${addressLine(device, address)}\\       valid_lft forever preferred_lft forever\n`,
      ),
    )
    .join("");
}

function shownDevices(devices: readonly NodeDevice[], family: IpFamily | undefined): readonly NodeDevice[] {
  return family === undefined ? devices : devices.filter((device) => addressesOf(device, family).length > 0);
}

/** IPv4 before IPv6. */
function addressesOf({ addresses }: NodeDevice, family: IpFamily | undefined): DeviceAddress[] {
  const of = (words: number): DeviceAddress[] => addresses.filter((address) => address.words.length === words);
  return [...(family === "IPv6" ? [] : of(1)), ...(family === "IPv4" ? [] : of(4))];
}

/** What the kernel tells of a device for IPv6 has no queueing discipline in it. */
function headLine(device: NodeDevice, view: "addr" | "link", family: IpFamily | undefined): string {
  const { index, flags, mtu, qdisc, master, state, queueLength } = device;
  const isIPv6 = family === "IPv6";
  const parts = [
    `${index}: ${titleOf(device)}:`,
    `<${flags.join(",")}>`,
    `mtu ${mtu}`,
    isIPv6 ? "" : `qdisc ${qdisc}`,
    master === undefined || isIPv6 ? "" : `master ${master}`,
    `state ${state}`,
    view === "link" ? "mode DEFAULT" : "",
    isIPv6 ? "" : "group default",
    // Behind what it prints of a group iproute2 leaves a blank.
    queueLength === undefined ? "" : `qlen ${queueLength}`,
  ];
  const line = parts.filter((part) => part !== "").join(" ");
  return queueLength === undefined ? `${line} ` : line;
}

function titleOf({ name, peer }: NodeDevice): string {
  return peer === undefined ? name : `${name}@${peer}`;
}

function linkLine({ hardware, more }: NodeDevice): string {
  return `    ${hardware}${more === undefined ? "" : ` ${more}`}`;
}

function addressLine({ name }: NodeDevice, address: DeviceAddress): string {
  const scope = isLoopback(address) ? "host" : "global";
  if (address.words.length === 4) return `inet6 ${withPrefix(address)} scope ${scope} `;
  const broadcast = broadcastOf(address);
  return `inet ${withPrefix(address)}${broadcast === undefined ? "" : ` brd ${broadcast}`} scope ${scope} ${name}`;
}

function isLoopback({ words }: DeviceAddress): boolean {
  return words.length === 1 ? words[0]! >>> 24 === 127 : words.join() === "0,0,0,1";
}

function withPrefix({ words, prefix }: DeviceAddress): string {
  return `${formatAddress(words)}/${prefix}`;
}

function briefHead(device: NodeDevice): string {
  return `${titleOf(device).padEnd(16)} ${device.state.padEnd(14)} `;
}

function lineEnd(line: string): string {
  return `${line}\n`;
}
