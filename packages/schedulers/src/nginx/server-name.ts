import { formatEndpoint } from "../address.ts";
import type { NginxServer } from "./peers.ts";

/** What `server` of the configuration says: its own name, or else "address:port". */
export function serverName(server: NginxServer): string {
  return server.name ?? formatEndpoint(server.address, server.port);
}
