import { coversHost } from "../../certificate/host-name-problem.ts";
import { quoted } from "../../controller-log.ts";
import type { Server } from "../model/configuration.ts";

/** A server that sends everything to another name: `www.` to the name without it, or back. */
export interface WwwRedirect {
  readonly from: string;
  readonly to: string;
}

/** What a server asks for, whether or not the other name is a server of its own. */
export function wwwRedirectOf({ hostname, redirectFromToWww }: Server): WwwRedirect | undefined {
  if (!redirectFromToWww) return undefined;
  return { from: otherName(hostname), to: hostname };
}

/** pkg/util/ingress `BuildRedirects`: none where the other name is a server of its own. */
export function wwwRedirects(servers: readonly Server[]): WwwRedirect[] {
  const redirects = servers.flatMap((server) => wwwRedirectOf(server) ?? []);
  if (redirects.length === 0) return [];
  const hosts = new Set(servers.map(({ hostname }) => hostname));
  return redirects.filter(({ from }) => !hosts.has(from));
}

/** What the program tells of redirects that it does not make, or makes without a certificate, each time it looks at them. */
export function wwwRedirectWarnings(
  servers: readonly Server[],
): { readonly source: string; readonly message: string }[] {
  const wanted = servers.filter(({ redirectFromToWww }) => redirectFromToWww);
  if (wanted.length === 0) return [];
  const hosts = new Set(servers.map(({ hostname }) => hostname));
  return wanted.flatMap(({ hostname: to, certificate }) => {
    const from = otherName(to);
    if (hosts.has(from)) {
      const skipped = `Skipping creation of redirection from ${quoted(from)} to ${quoted(to)}.`;
      return [
        { source: "ingress.go:211", message: `Already exists an Ingress with ${quoted(from)} hostname. ${skipped}` },
      ];
    }
    if (certificate === undefined || coversHost(certificate, from)) return [];
    const why = "has SSL configured but the SSL certificate does not contains a CN for";
    const message = `the server ${from} ${why} ${to}. Redirects will not work for HTTPS to HTTPS`;
    return [{ source: "ingress.go:224", message }];
  });
}

function otherName(host: string): string {
  return host.startsWith("www.") ? host.slice(4) : `www.${host}`;
}
