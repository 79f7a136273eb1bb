import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { Ingress } from "@kubenetsim/core/model/ingress";
import { type IngressCase, ingressCase } from "@kubenetsim/testing/ingress/ingress-case";
import { ingressObjectOf } from "@kubenetsim/testing/ingress/random-ingress";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeptLog } from "../controller-log.ts";
import { IngressNginxController, type SyncOutcome } from "./controller.ts";
import type { Configuration, Server } from "./model/configuration.ts";
import { Nginx } from "./request/nginx.ts";
import { ServerTable } from "./request/server-table.ts";

function started({ options, steps }: IngressCase): IngressNginxController {
  const controller = new IngressNginxController(options, new KeptLog());
  for (const change of steps[0]!.changes) put(controller, (change as { put: ApiObject }).put);
  return controller;
}

function put(controller: IngressNginxController, object: ApiObject): void {
  const after = object.kind === "Ingress" ? ofItsClass(object as Ingress) : object;
  const { namespace, name } = after.metadata;
  const key = namespace === undefined ? name! : `${namespace}/${name}`;
  controller.apply({ revision: 1, kind: after.kind, key, before: undefined, after });
}

/** So that the controller takes it. */
function ofItsClass({ metadata, spec: { ingressClassName: _, ...spec }, ...rest }: Ingress): Ingress {
  const annotations = { ...metadata.annotations, "kubernetes.io/ingress.class": "nginx" };
  return { ...rest, metadata: { ...metadata, annotations }, spec };
}

const newHosts = ["new.example", "*.new.example", "new.test", "*.a.test", "aa.test"];

/** An Ingress whose rules are all for one host that nobody else has. */
const newIngress: fc.Arbitrary<Ingress> = fc
  .record({
    host: fc.constantFrom(...newHosts),
    ingress: ingressObjectOf([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
  })
  .map(({ host, ingress }) => ({
    ...ingress,
    metadata: { ...ingress.metadata, name: "new", uid: "uid-new" },
    spec: {
      ...ingress.spec,
      ...(ingress.spec.tls !== undefined && { tls: ingress.spec.tls.map((each) => ({ ...each, hosts: [host] })) }),
      rules: (ingress.spec.rules ?? [{}]).map((rule) => ({ ...rule, host })),
    },
  }));

const targets = ["/", "/a", "/a/", "/a/b", "/ab", "/item/12", "/p/q", "/x.y"];

/** What becomes of a request: status, Location, whoever may get it, and what that one is told. */
function fate(configuration: Configuration, host: string, target: string, isTls: boolean): unknown {
  return [0, 0.4, 0.99].map((chance) => {
    const nginx = new Nginx({ send: () => ({ status: 200 }), random: () => chance, resolve: () => ["198.51.100.1"] });
    nginx.load(configuration, { isReload: true, nowMs: 0 });
    const request = { method: "GET", target, host, headers: {}, bodyBytes: 0, clientAddress: "192.0.2.1", isTls };
    try {
      const { status, headers, upstream } = nginx.answer({ ...request, serverName: host }, 0);
      return { status, location: headers.location, upstream };
    } catch (error) {
      return { refused: (error as Error).message };
    }
  });
}

/** How an Ingress may change what becomes of requests to hosts of others. */
interface Exception {
  readonly name: string;
  isOne(change: { before: Configuration; after: Configuration; added: Ingress; host: string }): boolean;
}

const exceptions: readonly Exception[] = [
  {
    name: "it names a Service and port that they have, too, or their canaries: both have one backend",
    isOne: ({ before, after, added, host }) => {
      const own = backendsOf(added);
      return [before, after].some((one) => theirBackends(one, host).some((name) => own.has(name)));
    },
  },
  {
    name: "a name of its server, or one that it sends to its server, takes requests that no host of others has",
    isOne: ({ before, after, host }) =>
      !before.servers.some(({ hostname }) => hostname === host) &&
      serverOf(before, host)?.hostname !== serverOf(after, host)?.hostname,
  },
  {
    name: "its certificate for a wildcard sends hosts below it to https",
    isOne: ({ added, host }) =>
      (added.spec.tls ?? []).length > 0 &&
      (added.spec.rules ?? []).some((rule) => rule.host === `*.${host.split(".").slice(1).join(".")}`),
  },
];

/** Names of the backends that requests to a host may go to. */
function theirBackends(configuration: Configuration, host: string): readonly string[] {
  return (serverOf(configuration, host)?.locations ?? []).flatMap(({ backend, defaultBackendUpstream }) => {
    const canaries = configuration.backends.find(({ name }) => name === backend)?.alternativeBackends ?? [];
    return [backend, defaultBackendUpstream, ...canaries];
  });
}

/** Names of the backends that an Ingress makes. */
function backendsOf({ metadata: { namespace }, spec }: Ingress): ReadonlySet<string> {
  const paths = (spec.rules ?? []).flatMap(({ http }) => http?.paths ?? []);
  const backends = [...paths.map(({ backend }) => backend), ...(spec.defaultBackend ? [spec.defaultBackend] : [])];
  return new Set(
    backends.flatMap(({ service }) =>
      service === undefined ? [] : `${namespace}-${service.name}-${service.port?.number ?? service.port?.name}`,
    ),
  );
}

function serverOf(configuration: Configuration, host: string): Server | undefined {
  const table = new ServerTable();
  table.load(configuration);
  const found = table.find(host);
  return found.kind === "site" ? found.server : undefined;
}

/** Hosts that a server of this name takes, or may take. */
function hostsOf(name: string): string[] {
  if (name === "_") return [];
  return name.startsWith("*.") ? ["any", "x", "alias"].map((label) => label + name.slice(1)) : [name];
}

describe("an Ingress for another host", () => {
  it("changes nothing for requests to the hosts of others, but where an exception says so", () => {
    let unchanged = 0;
    fc.assert(
      fc.property(fc.noBias(ingressCase({ isSmall: true })), fc.noBias(newIngress), (each, added) => {
        const controller = started(each);
        fc.pre(controller.sync() !== "refused");
        const before = controller.running!;
        put(controller, added);
        const outcome: SyncOutcome = controller.sync();
        const after = controller.running!;
        if (outcome === "refused") expect(after).toBe(before);
        const names = before.servers.flatMap(({ hostname, aliases }) => [hostname, ...aliases]);
        for (const host of new Set(names.flatMap(hostsOf))) {
          if (newHosts.includes(host)) continue;
          if (exceptions.some(({ isOne }) => isOne({ before, after, added, host }))) continue;
          for (const target of targets) {
            for (const isTls of [false, true]) {
              const now = fate(after, host, target, isTls);
              expect([host, target, isTls, now]).toEqual([host, target, isTls, fate(before, host, target, isTls)]);
              unchanged++;
            }
          }
        }
      }),
      { numRuns: 100 },
    );
    expect(unchanged).toBeGreaterThan(500);
  }, 60_000);
});
