import { formatAddress } from "@kubenetsim/core/net/address";
import type { DeviceInput } from "@kubenetsim/netfilter/engine/address-book";
import type { Host } from "./host.ts";

/** A host's devices as its kernel wants them: in the same order, so that a packet's device numbers mean the same to both. */
export function kernelDevices(host: Host): DeviceInput[] {
  return host.devices.map(({ name, addresses }) => ({
    name,
    addresses: addresses.map(({ words, prefix }) => `${formatAddress(words)}/${prefix}`),
  }));
}
