import { utf8Bytes } from "@kubenetsim/schedulers/utf8";

/** Two texts by the bytes of their UTF-8. */
export function compareBytes(left: string, right: string): number {
  const [leftBytes, rightBytes] = [utf8Bytes(left), utf8Bytes(right)];
  for (let i = 0; i < leftBytes.length && i < rightBytes.length; i++) {
    if (leftBytes[i] !== rightBytes[i]) return leftBytes[i]! - rightBytes[i]!;
  }
  return leftBytes.length - rightBytes.length;
}
