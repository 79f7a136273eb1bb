import { parseAddress } from "../../net/address.ts";
import { type FieldError, invalid } from "./field-error.ts";

/** What Go's old parser makes of an address: it lets leading zeros of IPv4 through. */
export function sloppyAddress(text: string): string | undefined {
  return parseAddress(withoutLeadingZeros(text));
}

/** Complaints about an address in a field that has been there since leading zeros were allowed. */
export function legacyAddress(field: string, value: string, existing: readonly string[] = []): FieldError[] {
  const address = parseAddress(value);
  if (existing.includes(value) || (address !== undefined && !address.includes(":"))) return [];
  const sloppy = sloppyAddress(value);
  if (sloppy === undefined) {
    return [invalid(field, value, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")];
  }
  if (address === undefined) return [invalid(field, value, "must not have leading 0s")];
  return sloppy.startsWith("::ffff:") && sloppy.includes(".")
    ? [invalid(field, value, "must not be an IPv4-mapped IPv6 address")]
    : [];
}

/** An address of which no endpoint can be reached from elsewhere. */
export function specialAddress(field: string, value: string): FieldError[] {
  const address = sloppyAddress(value);
  if (address === undefined) {
    return [invalid(field, value, "must be a valid IP address")];
  }
  const errors: FieldError[] = [];
  if (address === "0.0.0.0" || address === "::") {
    errors.push(invalid(field, value, `may not be unspecified (${value})`));
  }
  if (address.startsWith("127.") || address === "::1") {
    errors.push(invalid(field, value, "may not be in the loopback range (127.0.0.0/8, ::1/128)"));
  }
  if (address.startsWith("169.254.") || /^fe[89ab][0-9a-f]:/.test(address)) {
    errors.push(invalid(field, value, "may not be in the link-local range (169.254.0.0/16, fe80::/10)"));
  }
  if (address.startsWith("224.0.0.") || /^ff[0-9a-f]2:/.test(address)) {
    errors.push(invalid(field, value, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"));
  }
  return errors;
}

export function withoutLeadingZeros(text: string): string {
  return text.replace(/(^|\.|:)0+(?=\d+(\.|$))(?=[\d.]*$)/g, "$1");
}
