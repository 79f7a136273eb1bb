import { parseAddress } from "../../net/address.ts";
import { formatCidr, parseCidr } from "../../net/cidr.ts";
import { type FieldError, invalid } from "./field-error.ts";
import { withoutLeadingZeros } from "./ip-text.ts";

/** Complaints about a range, as the API server words them. */
export function legacyCidr(field: string, value: string, existing: readonly string[] = []): FieldError[] {
  if (existing.includes(value)) return [];
  const [address = "", bits = ""] = value.split("/");
  const sloppy = parseCidr(`${withoutLeadingZeros(address)}/${bits.replace(/^0+(?=\d)/, "")}`);
  if (sloppy === undefined || value.split("/").length !== 2) {
    return [invalid(field, value, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)")];
  }
  if (parseCidr(value) === undefined) {
    return [invalid(field, value, "must not have leading 0s in IP or prefix length")];
  }
  if (/^::ffff:.*\./i.test(parseAddress(address)!)) {
    return [invalid(field, value, "must not have an IPv4-mapped IPv6 address")];
  }
  if (formatCidr(sloppy) !== `${parseAddress(address)}/${bits}`) {
    return [invalid(field, value, "must not have bits set beyond the prefix length")];
  }
  return [];
}
