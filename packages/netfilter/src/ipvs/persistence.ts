/** `ipvsadm -p` without a number (IPVS_SVC_PERSISTENT_TIMEOUT of version 1.31). */
export const defaultPersistenceSeconds = 360;

/** Writes the client's network into `target`: the address with all bits behind the prefix cleared. */
export function maskAddress(address: readonly number[], prefixLength: number, target: number[]): void {
  for (let i = 0; i < address.length; i++) {
    const bits = Math.min(32, Math.max(0, prefixLength - i * 32));
    target[i] = bits === 0 ? 0 : address[i]! & (-1 << (32 - bits));
  }
  for (let i = address.length; i < 4; i++) target[i] = 0;
}
