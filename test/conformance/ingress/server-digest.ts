import {
  enforcesRegex,
  errorLocations,
  limitDirectives,
  locationMatch,
  proxyPassDirective,
  rewriteDirective,
  serverNameText,
} from "@kubenetsim/ingress/ingress-nginx/conf/directives";
import { wwwRedirects } from "@kubenetsim/ingress/ingress-nginx/conf/www-redirects";
import type { Configuration, Location, Server } from "@kubenetsim/ingress/ingress-nginx/model/configuration";
import type { ServerDigest } from "./ingress-case.ts";

type LocationDigest = ServerDigest["locations"][number];

/** Servers and locations as the recordings write down what they found in nginx.conf. */
export function serverDigests({ servers }: Configuration): ServerDigest[] {
  const redirects = wwwRedirects(servers).map(({ from }) => ({
    server: from,
    server_name: `"${from}"`,
    return: "308 $redirect_to",
    locations: [],
  }));
  return [...redirects, ...servers.map(serverDigest)];
}

function serverDigest(server: Server): ServerDigest {
  const isRegex = enforcesRegex(server);
  const errors = errorLocations(server).map(({ name, backend }) => ({
    match: name,
    backend,
    rewrite: "rewrite                (.*) / break",
    proxy_pass: "proxy_pass            http://upstream_balancer",
  }));
  const appRoot = server.locations.find(({ annotations }) => annotations.rewrite.appRoot !== "");
  const names = [serverNameText(server.hostname).replace(/[\\"]/g, "\\$&"), ...server.aliases];
  return {
    server: server.hostname,
    server_name: names.map((name) => `"${name}"`).join(" "),
    ...(appRoot && { return: `302 $scheme://$http_host${appRoot.annotations.rewrite.appRoot}` }),
    locations: [...errors, ...server.locations.map((location) => locationDigest(location, isRegex))],
  };
}

function locationDigest(location: Location, isRegex: boolean): LocationDigest {
  const { rewrite, denied } = location.annotations;
  return {
    match: locationMatch(location, isRegex),
    backend: location.backend,
    ...(!rewrite.sslRedirect && { ssl_redirect: "false" }),
    ...(rewrite.forceSslRedirect && { force_ssl_redirect: "true" }),
    ...(denied === undefined ? allowedDigest(location) : { return: "503" }),
  };
}

/** What stands only in a location that is not denied. */
function allowedDigest(location: Location): LocationDigest {
  const { allowlist, denylist, redirect, cors, proxy, xForwardedPrefix } = location.annotations;
  const denies = [...denylist.map((range) => `deny ${range}`), ...(allowlist.length > 0 ? ["deny all"] : [])];
  const returned = redirect.url !== "" ? `${redirect.code} ${redirect.url}` : cors.enabled ? "204" : "";
  const limits = limitDirectives(location);
  const rewriting = rewriteDirective(location);
  const proxyPass = proxyPassDirective(location);
  return {
    ...(denies.length > 0 && { deny: denies }),
    ...(allowlist.length > 0 && { allow: allowlist.map((range) => `allow ${range}`) }),
    ...(returned !== "" && { return: returned }),
    ...(limits.length > 0 && { limit: limits }),
    ...(proxy.bodySize !== "1m" && { body: proxy.bodySize }),
    ...(rewriting !== undefined && { rewrite: rewriting }),
    ...(rewriting !== undefined && xForwardedPrefix !== "" && { prefix: `X-Forwarded-Prefix "${xForwardedPrefix}"` }),
    ...(proxyPass !== "proxy_pass http://upstream_balancer" && { proxy_pass: proxyPass }),
  };
}
