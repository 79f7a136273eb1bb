import { parseAddress } from "../../net/address.ts";
import type { FieldWarning } from "../kinds/rules.ts";

/** What the API server warns of in an address that it takes (apimachinery pkg/util/validation, GetWarningsForIP). */
export function addressWarnings(field: string, text: string): FieldWarning[] {
  const address = parseAddress(text);
  if (address === undefined || address === text) return [];
  const canonical = `should be in RFC 5952 canonical format (${JSON.stringify(address)})`;
  return [{ field, message: `${field}: IPv6 address ${JSON.stringify(text)} ${canonical}` }];
}
