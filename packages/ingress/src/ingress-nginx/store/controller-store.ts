import type { Change } from "@kubenetsim/core/apiserver/cluster-state";
import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import type { ConfigMap } from "@kubenetsim/core/model/config-map";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Ingress, IngressClass } from "@kubenetsim/core/model/ingress";
import type { Secret } from "@kubenetsim/core/model/secret";
import type { Service } from "@kubenetsim/core/model/service";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Certificate } from "../../certificate/certificate.ts";
import { readSecretCertificate } from "../../certificate/secret-certificate.ts";
import type { ControllerLog } from "../../controller-log.ts";
import { annotationsPrefix } from "../annotations/annotation-reader.ts";
import { only } from "../model/ingress-index.ts";
import type { ModelInputs } from "../model/model-inputs.ts";
import type { ParsedIngress } from "../model/model-source.ts";
import { noSuchObject } from "../model/service-endpoints.ts";
import { readSettings } from "../read-settings.ts";
import { type ClassOptions, defaultClassOptions, isOwnClass, isOwnIngress } from "./ingress-class.ts";
import { prepareIngress } from "./prepare-ingress.ts";

/** What the controller is started with. Keys are namespace/name. */
export interface StoreOptions extends Partial<ClassOptions> {
  /** `--configmap`. */
  readonly configMap?: string;
  /** `--default-backend-service`. */
  readonly defaultBackendService?: string;
  /** `--default-ssl-certificate`: a Secret. */
  readonly defaultSslCertificate?: string;
  /** When it starts: from then on its own certificate counts. 0 unless given. */
  readonly startMs?: number;
}

const serviceNameLabel = "kubernetes.io/service-name";
/** Annotations that name a Secret. */
const secretAnnotations = ["auth-secret", "auth-tls-secret", "proxy-ssl-secret", "secure-verify-ca-secret"];

/** What the controller knows of the cluster, as it hears of it (internal/ingress/controller/store/store.go). */
export class ControllerStore {
  readonly #options: StoreOptions;
  readonly #classOptions: ClassOptions;
  readonly #log: ControllerLog;
  readonly #inputs: ModelInputs;
  /** By the Service that they belong to, then by key. */
  readonly #slices = new Map<string, Map<string, EndpointSlice>>();
  readonly #secrets = new Map<string, Secret>();
  readonly #configMaps = new Map<string, ConfigMap>();
  readonly #classes = new Map<string, IngressClass>();
  readonly #ingresses = new Map<string, ParsedIngress>();
  /** What Secrets were read as. */
  readonly #read = new WeakMap<Secret, Certificate | ParseError | undefined>();
  /** Ingress → Secrets that it names. */
  readonly #references = new Map<string, readonly string[]>();
  /** Secret → Ingresses that name it. */
  readonly #referring = new Map<string, Set<string>>();

  /** What the model is made of is kept in `inputs`. */
  constructor(options: StoreOptions, inputs: ModelInputs, log: ControllerLog) {
    this.#inputs = inputs;
    this.#options = options;
    this.#classOptions = { ...defaultClassOptions, ...options };
    this.#log = log;
  }

  /** Hears of a write. True when the configuration is to be made anew. */
  apply({ kind, key, before, after }: Change): boolean {
    switch (kind) {
      case "Ingress":
        return this.#ingress(key, before as Ingress | undefined, after as Ingress | undefined);
      case "IngressClass":
        return this.#class(key, before as IngressClass | undefined, after as IngressClass | undefined);
      case "Service":
        return this.#service(key, before as Service | undefined, after as Service | undefined);
      case "EndpointSlice":
        return this.#slice(key, before as EndpointSlice | undefined, after as EndpointSlice | undefined);
      case "Secret":
        return this.#secret(key, after as Secret | undefined);
      case "ConfigMap":
        return this.#configMap(key, after as ConfigMap | undefined);
      default:
        return false;
    }
  }

  /** By its class. */
  isOwn(ingress: Ingress): boolean {
    return isOwnIngress(ingress, this.#classes, this.#classOptions);
  }

  /** Of the Ingresses that it has taken, by age of their first taking. */
  get ingressKeys(): readonly ObjectKey[] {
    return [...this.#ingresses.keys()];
  }

  #ingress(key: string, before: Ingress | undefined, after: Ingress | undefined): boolean {
    const isOwn = (ingress: Ingress | undefined): boolean => ingress !== undefined && this.isOwn(ingress);
    if (after !== undefined && isOwn(after)) {
      this.#parse(key, after);
      this.#refer(key, after);
      return true;
    }
    if (!isOwn(before)) return false;
    this.#ingresses.delete(key);
    this.#inputs.ingresses.set(key, undefined);
    this.#setReferences(key, []);
    return true;
  }

  #parse(key: string, ingress: Ingress): void {
    const parsed = prepareIngress(ingress, {
      settings: this.#inputs.currentSettings,
      log: this.#log,
      serviceOf: (service) => this.#inputs.services.get(service),
      secretOf: (secret) => this.#secrets.get(secret),
      configMapOf: (configMap) => this.#configMaps.get(configMap),
      certificateOf: (secret) => this.#certificateOf(secret),
    });
    if (parsed === undefined) return;
    this.#ingresses.set(key, parsed);
    this.#inputs.ingresses.set(key, parsed);
  }

  #refer(key: string, { metadata, spec }: Ingress): void {
    const namespace = metadata.namespace ?? "";
    const fromTls = (spec.tls ?? []).map(({ secretName = "" }) => secretName);
    const fromAnnotations = secretAnnotations.map(
      (name) => metadata.annotations?.[`${annotationsPrefix}/${name}`] ?? "",
    );
    const names = [...fromTls, ...fromAnnotations].filter((name) => name !== "");
    const keys = names.map((name) => (name.includes("/") ? name : `${namespace}/${name}`));
    const secrets = [...new Set(keys)];
    this.#setReferences(key, secrets);
    for (const secret of secrets) this.#readCertificate(secret);
  }

  #setReferences(key: string, secrets: readonly string[]): void {
    for (const secret of this.#references.get(key) ?? []) {
      if (!secrets.includes(secret)) this.#referring.get(secret)?.delete(key);
    }
    if (secrets.length === 0) this.#references.delete(key);
    else this.#references.set(key, secrets);
    for (const secret of secrets) {
      const referring = this.#referring.get(secret) ?? new Set();
      this.#referring.set(secret, referring.add(key));
    }
  }

  /** `GetAuthCertificate`. */
  #certificateOf(key: string): Certificate | undefined {
    if (this.#inputs.certificates.get(key) === undefined) this.#readCertificate(key);
    return this.#inputs.certificates.get(key);
  }

  /** `syncSecret`. */
  #readCertificate(key: string): void {
    const problem = (why: string): void => {
      this.#log.warn("backend_ssl.go:47", `Error obtaining X.509 certificate: ${why}`);
    };
    const secret = this.#secrets.get(key);
    if (secret === undefined) {
      problem(noSuchObject(key));
      return;
    }
    const certificate = this.#certificateIn(secret);
    if (certificate instanceof ParseError) problem(certificate.message);
    else if (certificate !== undefined) this.#inputs.certificates.set(key, certificate);
  }

  /** Each write of an Ingress asks for its Secrets again. */
  #certificateIn(secret: Secret): Certificate | ParseError | undefined {
    if (!this.#read.has(secret)) this.#read.set(secret, readOrProblem(secret));
    return this.#read.get(secret);
  }

  #class(key: string, before: IngressClass | undefined, after: IngressClass | undefined): boolean {
    const isOwn = (each: IngressClass | undefined): boolean =>
      each !== undefined && isOwnClass(each, this.#classOptions);
    if (isOwn(after)) this.#classes.set(key, after!);
    else this.#classes.delete(key);
    if (before === undefined || after === undefined) return isOwn(before ?? after);
    return isOwn(after) && !sameJson(before.spec.parameters, after.spec.parameters);
  }

  /** A Service alone changes nothing but one of type ExternalName; what is behind it comes with its slices. */
  #service(key: string, before: Service | undefined, after: Service | undefined): boolean {
    this.#inputs.services.set(key, after);
    if (before !== undefined && after !== undefined) return !sameJson(before, after);
    return (before ?? after)?.spec.type === "ExternalName";
  }

  #slice(key: string, before: EndpointSlice | undefined, after: EndpointSlice | undefined): boolean {
    for (const [slice, isStored] of [
      [before, false],
      [after, true],
    ] as const) {
      const name = slice?.metadata.labels?.[serviceNameLabel];
      if (slice === undefined || name === undefined) continue;
      const service = `${slice.metadata.namespace ?? ""}/${name}`;
      const slices = this.#slices.get(service) ?? new Map<string, EndpointSlice>();
      if (isStored) slices.set(key, slice);
      else slices.delete(key);
      if (slices.size > 0) this.#slices.set(service, slices);
      else this.#slices.delete(service);
      this.#inputs.slices.set(service, slices.size > 0 ? [...slices.values()] : undefined);
    }
    return before === undefined || after === undefined || !sameJson(before.endpoints, after.endpoints);
  }

  #secret(key: string, after: Secret | undefined): boolean {
    if (after === undefined) {
      this.#secrets.delete(key);
      this.#inputs.certificates.set(key, undefined);
    } else this.#secrets.set(key, after);
    if (after !== undefined && key === this.#options.defaultSslCertificate) this.#readCertificate(key);
    const referring = [...(this.#referring.get(key) ?? [])];
    for (const ingressKey of referring) {
      const parsed = this.#ingresses.get(ingressKey);
      if (parsed !== undefined) this.#parse(ingressKey, parsed.ingress);
      if (after === undefined) continue;
      for (const secret of this.#references.get(ingressKey) ?? []) this.#readCertificate(secret);
    }
    return referring.length > 0;
  }

  #configMap(key: string, after: ConfigMap | undefined): boolean {
    if (after === undefined) this.#configMaps.delete(key);
    else this.#configMaps.set(key, after);
    if (key !== this.#options.configMap || after === undefined) return false;
    this.#inputs.settings.set(only, readSettings(after.data ?? {}, this.#log));
    for (const [ingressKey, { ingress }] of this.#ingresses) this.#parse(ingressKey, ingress);
    return true;
  }
}

function readOrProblem(secret: Secret): Certificate | ParseError | undefined {
  try {
    return readSecretCertificate(secret);
  } catch (error) {
    if (error instanceof ParseError) return error;
    throw error;
  }
}

function sameJson(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
