import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { type IngressCase, ingressCase } from "@kubenetsim/testing/ingress/ingress-case";
import {
  readNginxConf,
  type WrittenLocation,
  type WrittenServer,
  writtenServers,
} from "@kubenetsim/testing/ingress/read-nginx-conf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeptLog } from "../controller-log.ts";
import { locationMatch, serverNameText } from "./conf/directives.ts";
import { nginxConf } from "./conf/nginx-conf.ts";
import { wwwRedirects } from "./conf/www-redirects.ts";
import { IngressNginxController } from "./controller.ts";
import type { Configuration } from "./model/configuration.ts";
import { parseTarget } from "./request/request-target.ts";
import { ServerTable } from "./request/server-table.ts";

/** What runs after the first step of a case; undefined where nginx refuses it. */
function configurationOf({ options, steps }: IngressCase): Configuration | undefined {
  const controller = new IngressNginxController(options, new KeptLog());
  for (const change of steps[0]!.changes) {
    const after = (change as { put: ApiObject }).put;
    const { namespace, name } = after.metadata;
    const key = namespace === undefined ? name! : `${namespace}/${name}`;
    controller.apply({ revision: 1, kind: after.kind, key, before: undefined, after });
  }
  return controller.sync() === "refused" ? undefined : controller.running;
}

const hosts = ["a.test", "b.test", "www.a.test", "x.test", "a.b.test", "test", "alias.test", "y.many.test", "other"];
const targets = [
  ...["/", "/a", "/a/", "/a/b", "/a/b/c", "/ab", "/A/x", "/item/12", "/item/x", "/p", "/p/q", "/px", "/x.y", "/xzy"],
  ...["/%C3%A9", "/%C3%A9/z", "//a", "/.well-known/acme-challenge/x", "/healthz", "/é", "/x/../a"],
];

/** How nginx chooses among names: the whole one, the longest `*.name`, the longest `name.*`, the first pattern of the file. */
function chosenServer(servers: readonly WrittenServer[], host: string): WrittenServer {
  const withName = (fits: (name: string) => boolean): [string, WrittenServer][] =>
    servers.flatMap((server) => server.names.filter(fits).map((name): [string, WrittenServer] => [name, server]));
  const longest = (all: [string, WrittenServer][]): WrittenServer | undefined =>
    all.sort(([a], [b]) => b.length - a.length)[0]?.[1];
  const is = (name: string): boolean => name.toLowerCase() === host;
  const leads = (name: string): boolean => name.startsWith("*.") && host.endsWith(name.slice(1).toLowerCase());
  const trails = (name: string): boolean => name.endsWith(".*") && host.startsWith(name.slice(0, -1));
  const matches = (name: string): boolean => name.startsWith("~") && new RegExp(name.slice(1)).test(host);
  return (
    withName(is)[0]?.[1] ??
    longest(withName(leads)) ??
    longest(withName(trails)) ??
    withName(matches)[0]?.[1] ??
    servers.find(({ listens }) => listens[0]!.includes("default_server"))!
  );
}

type Chosen = { readonly location: WrittenLocation; readonly isSlashMissing: boolean } | undefined;

/** How nginx chooses among locations: the whole path, the one that lacks its slash alone, the longest prefix, but patterns before prefixes. */
function chosenLocation({ locations }: WrittenServer, path: string): Chosen {
  const found = (location: WrittenLocation | undefined): Chosen => location && { location, isSlashMissing: false };
  const whole = locations.find((each) => each.modifier === "=" && each.path === path);
  if (whole !== undefined) return found(whole);
  const prefixes = locations.filter((each) => each.modifier === "" && path.startsWith(each.path));
  const longest = prefixes.sort((a, b) => b.path.length - a.path.length)[0];
  const slash = locations.find(
    (each) => ["=", ""].includes(each.modifier) && each.passesOn && each.path === `${path}/`,
  );
  if (slash !== undefined && longest?.path !== path) return { location: slash, isSlashMissing: true };
  const pattern = locations.find((each) => each.modifier === "~*" && new RegExp(each.path, "i").test(path));
  return found(pattern ?? longest);
}

/** Names of the locations that stand for rules. */
function isOfRules({ modifier, path }: WrittenLocation): boolean {
  return modifier !== "@" && !/^\/_(?:external-auth|mirror)-/.test(path);
}

describe("random Ingresses", () => {
  it("are read back from nginx.conf: servers, names, ports, locations", () => {
    fc.assert(
      fc.property(ingressCase({ isSmall: true }), (each) => {
        const configuration = configurationOf(each);
        fc.pre(configuration !== undefined);
        const { servers, settings, ports } = configuration;
        const written = writtenServers(readNginxConf(nginxConf(configuration)));
        const redirects = wwwRedirects(servers).map(({ from }) => ({ names: [from], locations: [] as string[] }));
        const expected = servers.map((server) => {
          const matches = server.locations.map((location) => locationMatch(location, false));
          return { names: [serverNameText(server.hostname), ...server.aliases], matches };
        });
        const sites = written.slice(redirects.length, -2);
        expect(written.slice(0, redirects.length).map(({ names }) => ({ names, locations: [] }))).toEqual(redirects);
        expect(sites.map(({ names }) => names)).toEqual(expected.map(({ names }) => names));
        for (const [i, { locations }] of sites.entries()) {
          const own = locations.filter(isOfRules).filter(({ path }) => !["/healthz", "/nginx_status"].includes(path));
          const paths = servers[i]!.locations.map(({ path }) => path);
          expect(own.map(({ modifier, path }) => (modifier === "~*" ? path.slice(1) : path))).toEqual(paths);
          if (own.some(({ modifier }) => modifier === "~*")) continue;
          const types = servers[i]!.locations.map(({ pathType }) => (pathType === "Exact" ? "=" : ""));
          expect(own.map(({ modifier }) => modifier)).toEqual(types);
        }
        const options = settings.useProxyProtocol ? ["proxy_protocol"] : [];
        for (const { names, listens } of written.slice(0, -2)) {
          const more = names[0] === "_" ? ["default_server", "reuseport", "backlog=4096"] : [];
          const plain = [...options, ...more];
          expect(listens).toEqual([
            [String(ports.http), ...plain],
            [String(ports.https), ...plain, "ssl", "http2"],
          ]);
        }
      }),
      { numRuns: 100 },
    );
  }, 60_000);

  it("lead each request to one location, the one that nginx takes of the text", () => {
    fc.assert(
      fc.property(ingressCase({ isSmall: true }), (each) => {
        const configuration = configurationOf(each);
        fc.pre(configuration !== undefined);
        const table = new ServerTable();
        table.load(configuration);
        const written = writtenServers(readNginxConf(nginxConf(configuration))).slice(0, -2);
        const redirects = wwwRedirects(configuration.servers).length;
        for (const host of hosts) {
          const place = written.indexOf(chosenServer(written, host));
          const server = table.find(host);
          expect([host, server.kind]).toEqual([host, place < redirects ? "redirect" : "site"]);
          if (server.kind === "redirect") continue;
          expect([host, server.server.hostname]).toEqual([host, configuration.servers[place - redirects]!.hostname]);
          for (const target of targets) {
            const { uri } = parseTarget(target)!;
            const expected = chosenLocation(written[place]!, Buffer.from(uri, "latin1").toString("utf8"))!;
            const choice = server.locations.find(uri)!;
            const name = choice.kind === "own" ? `"${choice.path}"` : choice.chosen.match;
            expect([host, target, choice.kind === "slash", name]).toEqual([
              host,
              target,
              expected.isSlashMissing,
              nameOf(expected.location),
            ]);
            if (choice.kind === "own") continue;
            const same = server.server.locations.filter((location) => location === choice.chosen.location);
            expect(same.length).toBe(1);
          }
        }
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});

function nameOf({ modifier, path }: WrittenLocation): string {
  const quoted = `"${path.replace(/[\\"]/g, "\\$&")}"`;
  return modifier === "" ? quoted : `${modifier} ${quoted}`;
}
