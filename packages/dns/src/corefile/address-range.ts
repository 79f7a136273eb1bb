import { type Cidr, parseCidr } from "@kubenetsim/core/net/cidr";

/** A range as Go's net.ParseCIDR reads it: the length may begin with zeros. Undefined for what is none. */
export function addressRange(text: string): Cidr | undefined {
  return parseCidr(text.replace(/\/0+(?=\d)/, "/"));
}
