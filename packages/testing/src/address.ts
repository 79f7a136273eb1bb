import { formatAddress, type IpAddress, type IpFamily } from "@kubenetsim/core/net/address";
import { type Cidr, formatCidr, maskWords } from "@kubenetsim/core/net/cidr";
import * as fc from "fast-check";

/**
 * A canonical IP address, of one family or of both. Shrinks towards `0.0.0.0` and `::`.
 *
 * @example
 * fc.assert(fc.property(address("IPv6"), (ip) => familyOf(ip) === "IPv6"));
 */
export function address(family?: IpFamily): fc.Arbitrary<IpAddress> {
  return words(family).map(formatAddress);
}

/** A range such as `10.0.0.0/8`, host bits zero. Shrinks towards `0.0.0.0/0` and `::/0`. */
export function cidr(family?: IpFamily): fc.Arbitrary<Cidr> {
  return words(family).chain((all) =>
    fc.integer({ min: 0, max: 32 * all.length }).map((prefix) => ({ words: maskWords(all, prefix), prefix })),
  );
}

/** `cidr` as text. */
export function cidrText(family?: IpFamily): fc.Arbitrary<string> {
  return cidr(family).map(formatCidr);
}

function words(family: IpFamily | undefined): fc.Arbitrary<number[]> {
  const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  const counts = family === undefined ? [1, 4] : [family === "IPv4" ? 1 : 4];
  return fc.constantFrom(...counts).chain((length) => fc.array(word, { minLength: length, maxLength: length }));
}
