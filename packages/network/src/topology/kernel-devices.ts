import { formatAddress } from "@kubenetsim/core/net/address";
import type { DeviceInput } from "@kubenetsim/netfilter/engine/address-book";
import type { DeviceAddress, Host } from "./host.ts";

/** A host's devices as its kernel wants them: in the same order, so that a packet's device numbers mean the same to both. */
export function kernelDevices(host: Host): DeviceInput[] {
  return host.devices.map(({ name, addresses }) => ({
    name,
    addresses: textsOf(addresses),
  }));
}

/** Those of kube-ipvs0 are many, and the same on all nodes. */
function textsOf(addresses: readonly DeviceAddress[]): readonly string[] {
  let texts = known.get(addresses);
  if (texts === undefined) {
    texts = addresses.map(({ words, prefix }) => `${formatAddress(words)}/${prefix}`);
    known.set(addresses, texts);
  }
  return texts;
}

const known = new WeakMap<readonly DeviceAddress[], readonly string[]>();
