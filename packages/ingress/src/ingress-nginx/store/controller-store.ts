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
import { type ControllerLog, quoted } from "../../controller-log.ts";
import type { ListenPorts } from "../listen-ports.ts";
import { only } from "../model/ingress-index.ts";
import type { ModelInputs } from "../model/model-inputs.ts";
import type { ParsedIngress } from "../model/model-source.ts";
import { noSuchObject } from "../model/service-endpoints.ts";
import { readSettings } from "../read-settings.ts";
import { type ClassOptions, defaultClassOptions, isOwnClass, isOwnIngress } from "./ingress-class.ts";
import { secretsNamedBy } from "./named-secrets.ts";
import { isSameIngress, prepareIngress } from "./prepare-ingress.ts";
import { isNamedFor } from "./slice-name.ts";

/** What the controller is started with. Keys are namespace/name. */
export interface StoreOptions extends Partial<ClassOptions> {
  /** `--configmap`. */
  readonly configMap?: string;
  /** `--tcp-services-configmap`. */
  readonly tcpServicesConfigMap?: string;
  /** `--udp-services-configmap`. */
  readonly udpServicesConfigMap?: string;
  /** Those of the flags; the usual ones for the others. */
  readonly ports?: Partial<ListenPorts>;
  /** `--default-backend-service`. */
  readonly defaultBackendService?: string;
  /** `--default-ssl-certificate`: a Secret. */
  readonly defaultSslCertificate?: string;
  /** When it starts: from then on its own certificate counts. 0 unless given. */
  readonly startMs?: number;
}

const serviceNameLabel = "kubernetes.io/service-name";

/** What the controller knows of the cluster, as it hears of it (internal/ingress/controller/store/store.go). */
export class ControllerStore {
  readonly #options: StoreOptions;
  readonly #classOptions: ClassOptions;
  readonly #log: ControllerLog;
  readonly #inputs: ModelInputs;
  /** By the Service that they belong to, then by key. */
  readonly #slices = new Map<string, Map<string, EndpointSlice>>();
  readonly #secrets = new Map<string, Secret>();
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
        return this.#secret(key, before as Secret | undefined, after as Secret | undefined);
      case "ConfigMap":
        return this.#configMap(key, before as ConfigMap | undefined, after as ConfigMap | undefined);
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
      if (before !== undefined && isOwn(before) && isSameIngress(before, after)) return false;
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
      configMapOf: (configMap) => this.#inputs.configMaps.get(configMap),
      certificateOf: (secret) => this.#certificateOf(secret),
    });
    if (parsed === undefined) return;
    this.#ingresses.set(key, parsed);
    this.#inputs.ingresses.set(key, parsed);
  }

  #refer(key: string, ingress: Ingress): void {
    const keys = secretsNamedBy(ingress, this.#inputs.currentSettings, this.#log);
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

  /** `syncSecret`. True when the certificate is another one than before. */
  #readCertificate(key: string): boolean {
    const problem = (why: string): false => {
      this.#log.warn("backend_ssl.go:47", `Error obtaining X.509 certificate: ${why}`);
      return false;
    };
    const secret = this.#secrets.get(key);
    if (secret === undefined) return problem(noSuchObject(key));
    const certificate = this.#certificateIn(secret);
    if (certificate instanceof ParseError) return problem(certificate.message);
    if (certificate === undefined || sameJson(this.#inputs.certificates.get(key), certificate)) return false;
    this.#inputs.certificates.set(key, certificate);
    return true;
  }

  /** Each write of an Ingress asks for its Secrets again. */
  #certificateIn(secret: Secret): Certificate | ParseError | undefined {
    if (!this.#read.has(secret)) this.#read.set(secret, readOrProblem(secret));
    return this.#read.get(secret);
  }

  /** A class that changes is stored where its parameters change; the others are not looked at. */
  #class(key: string, before: IngressClass | undefined, after: IngressClass | undefined): boolean {
    const { controllerClass } = this.#classOptions;
    if (before !== undefined && after !== undefined) {
      if (after.spec.controller !== controllerClass) return false;
      if (sameJson(before.spec.parameters, after.spec.parameters)) return false;
      this.#classes.set(key, after);
      return true;
    }
    if (after !== undefined) {
      if (!isOwnClass(after, this.#classOptions)) return false;
      this.#classes.set(key, after);
      return true;
    }
    if (before?.spec.controller !== controllerClass) return false;
    this.#classes.delete(key);
    return true;
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
      const found = [...slices].filter(([sliceKey]) => isNamedFor(sliceKey, service)).map(([, each]) => each);
      this.#inputs.slices.set(service, found.length > 0 ? found : undefined);
    }
    return before === undefined || after === undefined || !sameJson(before.endpoints, after.endpoints);
  }

  #secret(key: string, before: Secret | undefined, after: Secret | undefined): boolean {
    if (before !== undefined && after !== undefined && sameJson(before, after)) return false;
    if (after === undefined) {
      this.#secrets.delete(key);
      this.#inputs.certificates.set(key, undefined);
    } else this.#secrets.set(key, after);
    const isDefault = after !== undefined && key === this.#options.defaultSslCertificate;
    const isOther = isDefault && this.#readCertificate(key);
    const referring = [...(this.#referring.get(key) ?? [])];
    for (const ingressKey of referring) {
      const parsed = this.#ingresses.get(ingressKey);
      if (parsed === undefined) {
        this.#warnOfMissing(ingressKey, before, after);
        continue;
      }
      const readAll = (): void => {
        for (const secret of this.#references.get(ingressKey) ?? []) this.#readCertificate(secret);
      };
      if (before !== undefined && after !== undefined) readAll();
      this.#parse(ingressKey, parsed.ingress);
      if (before === undefined) readAll();
    }
    return referring.length > 0 || isOther;
  }

  /** Of an Ingress that names the Secret and was dropped. */
  #warnOfMissing(key: string, before: Secret | undefined, after: Secret | undefined): void {
    const text = "could not find Ingress";
    if (before === undefined) this.#log.error("store.go:618", `${text} ${key} in local store`);
    else if (after === undefined) this.#log.error("store.go:694", `${text} ${key} in local store`);
    else {
      const why = quoted(noSuchObject(key));
      this.#log.error("store.go:652", `"${text} in local store" err=${why} ingress=${quoted(key)}`);
    }
  }

  #configMap(key: string, before: ConfigMap | undefined, after: ConfigMap | undefined): boolean {
    const { configMap, tcpServicesConfigMap, udpServicesConfigMap } = this.#options;
    this.#inputs.configMaps.set(key, after);
    const isRead = [configMap, tcpServicesConfigMap, udpServicesConfigMap].includes(key);
    if (!isRead || after === undefined) return false;
    if (before !== undefined && sameJson(before, after)) return false;
    if (key === configMap) {
      // The program reads it once more for the key of session tickets, and tells of what is wrong again.
      readSettings(after.data ?? {}, this.#log);
      this.#inputs.settings.set(only, readSettings(after.data ?? {}, this.#log));
    }
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
