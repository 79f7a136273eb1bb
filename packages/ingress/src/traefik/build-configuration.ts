import type { Ingress, IngressBackend } from "@kubenetsim/core/model/ingress";
import { ingressClassAnnotation } from "@kubenetsim/core/model/ingress";
import type { Secret } from "@kubenetsim/core/model/secret";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { sha256Hex } from "@kubenetsim/core/runtime/sha256-hex";
import type { Certificate } from "../certificate/certificate.ts";
import { readSecretCertificate } from "../certificate/secret-certificate.ts";
import type { ControllerLog } from "../controller-log.ts";
import { type RouterSettings, routerSettings } from "./annotations.ts";
import {
  type DynamicConfiguration,
  normalName,
  pathMatcherOf,
  type Router,
  type TraefikService,
} from "./dynamic-configuration.ts";
import { LabelProblem } from "./labels.ts";
import { loadService, ServiceProblem } from "./load-service.ts";
import type { ObjectStore } from "./object-store.ts";
import { ruleText } from "./rule.ts";
import type { IngressProvider } from "./static-configuration.ts";

/** `spec.controller` of the classes that are Traefik's. */
export const traefikController = "traefik.io/ingress-controller";
/** Before it all others have their turn: Go's MinInt32. */
const lastPriority = -(2 ** 31);

export interface BuildSource {
  readonly store: ObjectStore;
  readonly provider: IngressProvider;
  readonly log: ControllerLog;
  /** Traefik lists its informers' maps, whose order is chance: the Ingresses in the order of this listing. */
  readonly ingresses: readonly Ingress[];
}

/** Routers, Services and certificates of the Ingresses that are Traefik's (`loadConfigurationFromIngresses`). */
export function buildDynamicConfiguration(source: BuildSource): DynamicConfiguration {
  const builder = new Builder(source);
  for (const ingress of source.ingresses) if (isTraefiks(ingress, source.store, source.provider)) builder.add(ingress);
  return builder.build();
}

/** `shouldProcessIngress`. A class that nobody names by `ingressClassName` is looked for in the older annotation. */
export function isTraefiks(
  { metadata, spec }: Ingress,
  store: ObjectStore,
  { ingressClass }: IngressProvider,
): boolean {
  if (spec.ingressClassName !== undefined) {
    const named = store.classes.get(spec.ingressClassName);
    const isTraefik = named?.spec.controller === traefikController;
    return isTraefik && (ingressClass === "" || ingressClass === spec.ingressClassName);
  }
  const annotation = metadata.annotations?.[ingressClassAnnotation] ?? "";
  return annotation === ingressClass || (ingressClass === "" && annotation === "traefik");
}

type LoadedService = Omit<TraefikService, "name"> | string;

class Builder {
  readonly #source: BuildSource;
  readonly #routers = new Map<string, Router>();
  readonly #services = new Map<string, TraefikService>();
  /** By namespace, Service and port as Ingresses write it. */
  readonly #loaded = new Map<string, LoadedService>();
  readonly #certificates = new Map<string, Certificate>();

  constructor(source: BuildSource) {
    this.#source = source;
  }

  build(): DynamicConfiguration {
    const names = [...this.#certificates.keys()].sort();
    return {
      routers: this.#routers,
      services: this.#services,
      certificates: names.map((name) => this.#certificates.get(name)!),
    };
  }

  add(ingress: Ingress): void {
    const settings = this.#settings(ingress);
    if (settings === undefined) return;
    this.#readCertificates(ingress);
    const { rules = [], defaultBackend } = ingress.spec;
    if (rules.length === 0 && defaultBackend !== undefined) this.#addDefault(ingress, defaultBackend, settings);
    const routers = new Map<string, Router[]>();
    for (const router of this.#routersOf(ingress, settings)) {
      routers.set(router.name, [...(routers.get(router.name) ?? []), router]);
    }
    for (const [name, group] of routers) {
      if (group.length === 1) this.#routers.set(name, group[0]!);
      else for (const router of group) this.#routers.set(`${name}-${sha256Hex(router.rule).slice(0, 20)}`, router);
    }
  }

  #settings({ metadata }: Ingress): RouterSettings | undefined {
    try {
      const settings = routerSettings(metadata.annotations ?? {});
      for (const name of settings.unmodelled)
        this.#error(keyOf({ metadata }), `the annotation ${name} is not modelled: its routers are left out`);
      for (const name of settings.middlewares) this.#error(keyOf({ metadata }), `middleware "${name}" does not exist`);
      return settings;
    } catch (error) {
      if (!(error instanceof LabelProblem)) throw error;
      this.#error(keyOf({ metadata }), `Failed to parse annotations: ${error.message}`);
      return undefined;
    }
  }

  #addDefault(ingress: Ingress, backend: IngressBackend, settings: RouterSettings): void {
    const key = keyOf(ingress);
    if (this.#services.has("default-backend")) {
      this.#error(key, "The default backend already exists.");
      return;
    }
    if (backend.service === undefined) {
      this.#error(key, "Resource is not supported for default backend");
      return;
    }
    if (!this.#addService(ingress, backend.service, "default-backend")) return;
    const parts = { host: "", path: "/", matcher: "PathPrefix", isStrict: false } as const;
    this.#routers.set("default-router", {
      ...routerBase(settings),
      name: "default-router",
      rule: ruleText(parts),
      parts,
      priority: lastPriority,
      service: "default-backend",
      ingress: key,
      field: ["spec", "defaultBackend"],
    });
  }

  *#routersOf(ingress: Ingress, settings: RouterSettings): Iterable<Router> {
    const { namespace = "", name } = ingress.metadata;
    for (const [ruleIndex, { host = "", http }] of (ingress.spec.rules ?? []).entries()) {
      for (const [pathIndex, path] of (http?.paths ?? []).entries()) {
        const { service } = path.backend;
        if (service === undefined) {
          this.#error(keyOf(ingress), "Resource backends are not supported");
          continue;
        }
        const serviceName = normalName(`${namespace}-${service.name}-${portText(service.port)}`);
        if (!this.#addService(ingress, service, serviceName)) continue;
        const matcher = pathMatcherOf(path, settings.pathMatcher);
        if (matcher === undefined) {
          this.#error(
            keyOf(ingress),
            `invalid router path matcher "${settings.pathMatcher}": must be one of Path, PathPrefix, PathRegexp`,
          );
          continue;
        }
        const parts = { host, path: path.path ?? "", matcher, isStrict: this.#source.provider.strictPrefixMatching };
        yield {
          ...routerBase(settings),
          name: normalName(`${namespace}-${name}-${host}${path.path ?? ""}`),
          rule: ruleText(parts),
          parts,
          service: serviceName,
          ingress: keyOf(ingress),
          field: ["spec", "rules", ruleIndex, "http", "paths", pathIndex],
        };
      }
    }
  }

  /** Whether there is one to route to: without endpoints there is none, and no router, unless that is allowed. */
  #addService(ingress: Ingress, backend: NonNullable<IngressBackend["service"]>, name: string): boolean {
    const what = `${backend.name}:${portText(backend.port)}`;
    const key = `${ingress.metadata.namespace ?? ""}/${what}`;
    const service = this.#loaded.get(key) ?? this.#load(ingress.metadata.namespace ?? "", backend);
    this.#loaded.set(key, service);
    if (typeof service === "string") this.#error(keyOf(ingress), `Cannot create service ${what}: ${service}`);
    else if (service.servers.length === 0 && !this.#source.provider.allowEmptyServices) {
      this.#error(keyOf(ingress), `Skipping service: no endpoints found: ${what}`);
    } else {
      this.#services.set(name, { ...service, name });
      return true;
    }
    return false;
  }

  /** A Service's port, or why Traefik makes nothing of it. */
  #load(namespace: string, backend: NonNullable<IngressBackend["service"]>): LoadedService {
    const { store, provider } = this.#source;
    try {
      return loadService(store, provider, namespace, backend);
    } catch (error) {
      if (!(error instanceof ServiceProblem || error instanceof LabelProblem)) throw error;
      return error.message;
    }
  }

  /** `getCertificates`: the first Secret that will not do ends the list. */
  #readCertificates(ingress: Ingress): void {
    const { namespace = "" } = ingress.metadata;
    for (const { secretName = "" } of ingress.spec.tls ?? []) {
      const name = `${namespace}-${secretName}`;
      if (secretName === "" || this.#certificates.has(name)) continue;
      const secret = this.#source.store.secrets.get(`${namespace}/${secretName}`);
      const problem = secretProblem(secret, `${namespace}/${secretName}`);
      if (problem !== undefined) {
        this.#error(keyOf(ingress), `Error configuring TLS: ${problem}`);
        return;
      }
      try {
        this.#certificates.set(name, readSecretCertificate(secret!)!);
      } catch (error) {
        if (!(error instanceof ParseError)) throw error;
        this.#error(keyOf(ingress), `Unable to parse certificate: ${error.message}`);
      }
    }
  }

  #error(ingress: string, message: string): void {
    this.#source.log.error("kubernetes.go", `Ingress ${ingress}: ${message}`);
  }
}

function routerBase({
  priority,
  entryPoints,
  isTls,
  middlewares,
  unmodelled,
}: RouterSettings): Pick<Router, "priority" | "entryPoints" | "isTls" | "isDisabled"> {
  return { priority, entryPoints, isTls, isDisabled: middlewares.length > 0 || unmodelled.length > 0 };
}

function portText(port: NonNullable<IngressBackend["service"]>["port"]): string {
  return (port?.name ?? "") === "" ? String(port?.number ?? 0) : port!.name!;
}

function secretProblem(secret: Secret | undefined, key: string): string | undefined {
  if (secret === undefined) return `secret ${key} does not exist`;
  const entries = ["tls.crt", "tls.key"];
  const missing = entries.filter((entry) => secret.data?.[entry] === undefined);
  if (missing.length > 0) return `secret ${key} is missing the following TLS data entries: ${missing.join(", ")}`;
  const empty = entries.filter((entry) => secret.data![entry] === "");
  return empty.length > 0
    ? `secret ${key} contains the following empty TLS data entries: ${empty.join(", ")}`
    : undefined;
}

function keyOf({ metadata: { namespace = "", name } }: Pick<Ingress, "metadata">): string {
  return `${namespace}/${name}`;
}
