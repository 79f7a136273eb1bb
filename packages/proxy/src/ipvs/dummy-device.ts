import { familyOf, type IpAddress } from "@kubenetsim/core/net/address";

/** The device that holds service addresses, so that the kernel takes packets to them for its own. */
export const dummyDevice = "kube-ipvs0";

/** One line per address, sorted as text: `kube-ipvs0 inet 10.96.0.1/32`. */
export function printDummyDevice(addresses: readonly IpAddress[]): string {
  const lines = addresses.map((address) =>
    familyOf(address) === "IPv4" ? `${dummyDevice} inet ${address}/32` : `${dummyDevice} inet6 ${address}/128`,
  );
  return lines.length === 0 ? "" : `${lines.sort().join("\n")}\n`;
}
