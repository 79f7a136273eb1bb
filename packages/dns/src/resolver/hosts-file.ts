import { familyOf, type IpAddress, type IpFamily, parseAddress } from "@kubenetsim/core/net/address";

/**
 * The addresses that /etc/hosts has for a name, in the order of its lines; names compare without regard to case (hosts(5)).
 *
 * @example
 * addressesInHosts("10.0.0.1 web.example web\n", "WEB", ["IPv4"]); // ["10.0.0.1"]
 */
export function addressesInHosts(text: string, name: string, families: readonly IpFamily[]): IpAddress[] {
  const wanted = name.toLowerCase();
  return text.split("\n").flatMap((line) => {
    const [addressText, ...names] = line
      .replace(/#.*/, "")
      .split(/\s+/)
      .filter((word) => word !== "");
    const address = parseAddress(addressText ?? "");
    if (address === undefined || !families.includes(familyOf(address))) return [];
    return names.some((one) => one.toLowerCase() === wanted) ? [address] : [];
  });
}
