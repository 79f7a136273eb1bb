import { formatAddress, type IpAddress, parseAddress } from "@kubenetsim/core/net/address";

/**
 * An address written as a name, as both libraries read it: besides the usual forms those of inet_aton(3), whose last number fills
 * the bytes that are left, in octal or hexadecimal too: `10.1` is 10.0.0.1, `0x7f.1` is 127.0.0.1.
 */
export function literalAddress(name: string): IpAddress | undefined {
  return parseAddress(name) ?? classicAddress(name);
}

function classicAddress(name: string): IpAddress | undefined {
  const parts = name.split(".");
  if (parts.length > 4) return undefined;
  let word = 0;
  for (const [index, part] of parts.entries()) {
    const value = numberOf(part);
    const room = index === parts.length - 1 ? 2 ** (8 * (4 - index)) : 256;
    if (value === undefined || value >= room) return undefined;
    word += index === parts.length - 1 ? value : value * 2 ** (8 * (3 - index));
  }
  return formatAddress([word | 0]);
}

function numberOf(text: string): number | undefined {
  if (/^0[xX][0-9a-fA-F]+$/.test(text)) return Number.parseInt(text.slice(2), 16);
  if (/^0[0-7]*$/.test(text)) return Number.parseInt(text, 8);
  return /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
}
