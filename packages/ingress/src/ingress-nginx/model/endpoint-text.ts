import type { Endpoint } from "./configuration.ts";

/** `10.244.0.2:8080`, `[fd00::2]:8080`: as nginx's balancer names endpoints. */
export function formatEndpoint({ address, port }: Endpoint): string {
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}
