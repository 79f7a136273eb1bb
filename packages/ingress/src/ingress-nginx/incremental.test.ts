import type { Change } from "@kubenetsim/core/apiserver/cluster-state";
import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { base64 } from "@kubenetsim/core/runtime/base64";
import { madeCertificate } from "@kubenetsim/testing/made-certificate";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeptLog, type LogEntry } from "../controller-log.ts";
import { IngressNginxController, type SyncOutcome } from "./controller.ts";
import type { Configuration } from "./model/configuration.ts";
import { Nginx } from "./request/nginx.ts";
import { sameBalancing, sameFile } from "./sync/configuration-parts.ts";

const prefix = "nginx.ingress.kubernetes.io";
const hosts = ["", "a.test", "www.a.test", "b.test", "*.b.test", "c.test"] as const;
const services = ["s0", "s1", "s2", "ext"] as const;
const secrets = ["cert0", "cert1"] as const;

const certificates = new Map(
  ["a.test", "*.b.test,c.test"].map((names) => {
    const dnsNames = names.split(",");
    const { certificate, key } = madeCertificate({ commonName: dnsNames[0]!, dnsNames });
    return [names, { "tls.crt": base64(certificate), "tls.key": base64(key) }];
  }),
);

const annotations = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  fc.constantFrom<Record<string, string>>(
    { canary: "true", "canary-weight": "50" },
    { canary: "true", "canary-by-header": "x" },
    { affinity: "cookie" },
    { affinity: "cookie", "use-regex": "true" },
    { "server-alias": "c.test,d.test" },
    { "server-alias": "d.test" },
    { "from-to-www-redirect": "true" },
    { "rewrite-target": "/x" },
    { "default-backend": "s1" },
    { "default-backend": "s2", "custom-http-errors": "404" },
    { "service-upstream": "true" },
    { "upstream-hash-by": "$uri" },
    { "ssl-redirect": "false" },
  ),
);

const servicePort = fc.constantFrom({ number: 80 }, { name: "http" }, { number: 81 });
const service = fc.record({ name: fc.constantFrom(...services, "missing"), port: servicePort });
const path = fc.record({
  path: fc.oneof({ weight: 19, arbitrary: fc.constantFrom("/", "/a", "/ab") }, fc.constant("/a/")),
  pathType: fc.constantFrom("Prefix", "Exact", "ImplementationSpecific"),
  backend: fc.oneof(
    { weight: 9, arbitrary: service.map((each) => ({ service: each })) },
    fc.constant({ resource: { kind: "Bucket", name: "b" } }),
  ),
});
const rule = fc.record(
  { host: fc.constantFrom(...hosts), http: fc.record({ paths: fc.array(path, { minLength: 1, maxLength: 3 }) }) },
  { requiredKeys: ["host"] },
);
const tls = fc.array(
  fc.record(
    { hosts: fc.subarray([...hosts].filter((host) => host !== "")), secretName: fc.constantFrom(...secrets, "none") },
    { requiredKeys: [] },
  ),
  { maxLength: 2 },
);

interface Step {
  readonly kind: Change["kind"];
  readonly key: string;
  /** undefined to delete it. */
  readonly object: ApiObject | undefined;
}

const ingress: fc.Arbitrary<Step> = fc
  .record({
    name: fc.constantFrom("i0", "i1", "i2", "i3", "i4", "i5"),
    second: fc.integer({ min: 0, max: 2 }),
    annotations,
    rules: fc.array(rule, { maxLength: 2 }),
    defaultBackend: fc.option(service, { nil: undefined, freq: 3 }),
    tls,
  })
  .map(({ name, second, annotations: own, rules, defaultBackend, tls: entries }) => {
    const named = Object.entries(own).map(([key, value]) => [`${prefix}/${key}`, value]);
    const object = {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: {
        namespace: "n",
        name,
        annotations: { "kubernetes.io/ingress.class": "nginx", ...Object.fromEntries(named) },
        creationTimestamp: `2026-01-01T00:00:0${second}Z`,
      },
      spec: {
        ...(defaultBackend !== undefined && { defaultBackend: { service: defaultBackend } }),
        rules,
        tls: entries,
      },
    };
    return { kind: "Ingress", key: `n/${name}`, object: object as ApiObject };
  });

const serviceStep: fc.Arbitrary<Step> = fc
  .record({ name: fc.constantFrom(...services), ports: fc.integer({ min: 0, max: 2 }) })
  .map(({ name, ports }) => {
    const spec =
      name === "ext"
        ? { type: "ExternalName", externalName: ports === 0 ? "localhost" : "far.test" }
        : {
            clusterIP: "10.96.0.9",
            ports: [
              { name: "http", port: 80, targetPort: 8080 },
              { name: "other", port: 81 },
            ].slice(0, ports),
          };
    const object = { apiVersion: "v1", kind: "Service", metadata: { namespace: "n", name }, spec };
    return { kind: "Service", key: `n/${name}`, object: object as ApiObject };
  });

const sliceStep: fc.Arbitrary<Step> = fc
  .record({
    name: fc.constantFrom(...services),
    part: fc.constantFrom("1", "2"),
    count: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ name, part, count }) => {
    const object = {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { namespace: "n", name: `${name}-${part}`, labels: { "kubernetes.io/service-name": name } },
      addressType: "IPv4",
      ports: [{ name: "http", port: 8080, protocol: "TCP" }],
      endpoints: Array.from({ length: count }, (_, i) => ({ addresses: [`10.244.${part}.${i}`] })),
    };
    return { kind: "EndpointSlice", key: `n/${name}-${part}`, object: object as ApiObject };
  });

const secretStep: fc.Arbitrary<Step> = fc
  .record({ name: fc.constantFrom(...secrets), names: fc.constantFrom(...certificates.keys()) })
  .map(({ name, names }) => {
    const object = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace: "n", name },
      data: certificates.get(names)!,
    };
    return { kind: "Secret", key: `n/${name}`, object: object as ApiObject };
  });

const configMapStep: fc.Arbitrary<Step> = fc.constantFrom({}, { "load-balance": "ewma" }).map((data) => {
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "n", name: "config" }, data };
  return { kind: "ConfigMap", key: "n/config", object: object as ApiObject };
});

const written = fc.oneof(
  { weight: 6, arbitrary: ingress },
  { weight: 3, arbitrary: serviceStep },
  { weight: 3, arbitrary: sliceStep },
  { weight: 2, arbitrary: secretStep },
  configMapStep,
);
const step = fc.oneof(
  { weight: 4, arbitrary: written },
  written.map((each) => ({ ...each, object: undefined })),
);

/** The writes, each with what was there before. */
function changesOf(steps: readonly Step[]): Change[] {
  const now = new Map<string, ApiObject>();
  return steps.flatMap(({ kind, key, object }, revision) => {
    const before = now.get(`${kind} ${key}`);
    if (object === undefined) now.delete(`${kind} ${key}`);
    else now.set(`${kind} ${key}`, object);
    return before === undefined && object === undefined ? [] : [{ revision, kind, key, before, after: object }];
  });
}

const options = {
  configMap: "n/config",
  defaultBackendService: "n/s0",
  defaultSslCertificate: "n/cert1",
};

/** What the program makes of all writes when it makes everything anew, and what it writes to its log then. */
function rebuilt(changes: readonly Change[]): { configuration: Configuration | undefined; lines: KeptLog["entries"] } {
  const log = new KeptLog();
  const controller = new IngressNginxController(options, log);
  for (const change of changes) controller.apply(change);
  const before = log.entries.length;
  controller.sync();
  const lines = log.entries.slice(before);
  return { configuration: controller.running, lines };
}

describe("a configuration kept up to date", () => {
  it("is the one that is made anew, with the same lines and the same decision to reload", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
        const changes = changesOf(steps);
        const log = new KeptLog();
        const controller = new IngressNginxController(options, log);
        let running: Configuration | undefined;
        for (const [i, change] of changes.entries()) {
          controller.apply(change);
          const before = log.entries.length;
          const outcome = controller.sync();
          const anew = rebuilt(changes.slice(0, i + 1));
          expect(log.entries.slice(before).filter(isOfModel)).toEqual(anew.lines.filter(isOfModel));
          expect(outcome).toBe(outcomeOf(running, anew.configuration));
          if (outcome === "reloaded" || outcome === "posted") running = anew.configuration;
          expect(controller.running).toEqual(running);
        }
      }),
      { numRuns: 150 },
    );
  });
});

const asked = ["a.test", "www.a.test", "b.test", "x.b.test", "c.test", "d.test", "e.test"];

/** What nginx does with requests up to the backend; which endpoint it picks depends on those before. */
function choices(nginx: Nginx): unknown[] {
  return asked.flatMap((host) =>
    ["/", "/a", "/a/b", "/abc"].map((target) => {
      const request = { method: "GET", target, host, headers: {}, bodyBytes: 0, clientAddress: "192.0.2.1" };
      const { status, steps, certificate } = nginx.answer({ ...request, isTls: true, serverName: host }, 0);
      return [host, target, status, certificate, steps.filter(({ phase }) => phase !== "upstream")];
    }),
  );
}

describe("nginx that takes one configuration after the other", () => {
  it("does with requests what one does that takes the last alone", () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
        const controller = new IngressNginxController(options, new KeptLog());
        const [kept, fresh] = [newNginx(), newNginx()];
        for (const change of changesOf(steps)) {
          controller.apply(change);
          const outcome = controller.sync();
          if (outcome === "unchanged" || outcome === "refused") continue;
          kept.load(controller.running!, { isReload: outcome === "reloaded", nowMs: 0 });
        }
        if (controller.running === undefined) return;
        fresh.load(controller.running, { isReload: true, nowMs: 0 });
        expect(choices(kept)).toEqual(choices(fresh));
      }),
      { numRuns: 150 },
    );
  });
});

function newNginx(): Nginx {
  return new Nginx({ send: () => ({ status: 200 }), random: () => 0.5, resolve: () => ["192.0.2.9"] });
}

/** What is said of the default certificate and of redirects is said once more with each file; of the certificate alone other lines speak, too. */
function isOfModel({ source }: LogEntry): boolean {
  return !["controller.go:1260", "ingress.go:211", "ingress.go:224"].includes(source);
}

/** `anew` is undefined where nginx refuses it. */
function outcomeOf(running: Configuration | undefined, anew: Configuration | undefined): SyncOutcome {
  if (anew === undefined) return "refused";
  if (running === undefined || !sameFile(running, anew)) return "reloaded";
  return sameBalancing(running, anew) ? "unchanged" : "posted";
}
