import type { Server } from "../model/configuration.ts";

/** A server that sends everything to another name: `www.` to the name without it, or back. */
export interface WwwRedirect {
  readonly from: string;
  readonly to: string;
}

/** What a server asks for, whether or not the other name is a server of its own. */
export function wwwRedirectOf({ hostname, redirectFromToWww }: Server): WwwRedirect | undefined {
  if (!redirectFromToWww) return undefined;
  return { from: hostname.startsWith("www.") ? hostname.slice(4) : `www.${hostname}`, to: hostname };
}

/** pkg/util/ingress `BuildRedirects`: none where the other name is a server of its own. */
export function wwwRedirects(servers: readonly Server[]): WwwRedirect[] {
  const redirects = servers.flatMap((server) => wwwRedirectOf(server) ?? []);
  if (redirects.length === 0) return [];
  const hosts = new Set(servers.map(({ hostname }) => hostname));
  return redirects.filter(({ from }) => !hosts.has(from));
}
