import type { Server } from "../model/configuration.ts";

/** A server that sends everything to another name: `www.` to the name without it, or back. */
export interface WwwRedirect {
  readonly from: string;
  readonly to: string;
}

/** pkg/util/ingress `BuildRedirects`: none where the other name is a server of its own. */
export function wwwRedirects(servers: readonly Server[]): WwwRedirect[] {
  const hosts = new Set(servers.map(({ hostname }) => hostname));
  return servers
    .filter(({ redirectFromToWww }) => redirectFromToWww)
    .map(({ hostname: to }) => ({ from: to.startsWith("www.") ? to.slice(4) : `www.${to}`, to }))
    .filter(({ from }) => !hosts.has(from));
}
