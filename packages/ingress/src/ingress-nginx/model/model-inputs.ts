import type { ConfigMap } from "@kubenetsim/core/model/config-map";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Service } from "@kubenetsim/core/model/service";
import { type Certificate, fakeCertificate } from "../../certificate/certificate.ts";
import type { ControllerLog } from "../../controller-log.ts";
import { InputTable, type Reader } from "../derived/table.ts";
import { type ListenPorts, usualPorts } from "../listen-ports.ts";
import { defaultNginxSettings, type NginxSettings } from "../nginx-settings.ts";
import { IngressIndex, only } from "./ingress-index.ts";
import type { ModelSource } from "./model-source.ts";
import type { PlacedLog } from "./placed-log.ts";
import type { StreamSource } from "./stream-services.ts";

/** What the controller is started with, as far as the model goes. Keys are namespace/name. */
export interface InputOptions {
  readonly defaultBackendService?: string | undefined;
  readonly defaultSslCertificate?: string | undefined;
  readonly tcpServicesConfigMap?: string | undefined;
  readonly udpServicesConfigMap?: string | undefined;
  readonly ports?: Partial<ListenPorts> | undefined;
  readonly startMs?: number | undefined;
}

/** What the controller knows of the cluster. Keys are namespace/name. */
export class ModelInputs {
  readonly ingresses: IngressIndex = new IngressIndex();
  readonly services: InputTable<Service> = new InputTable();
  /** By the Service that they belong to. */
  readonly slices: InputTable<readonly EndpointSlice[]> = new InputTable();
  /** By the Secret that holds them. */
  readonly certificates: InputTable<Certificate> = new InputTable();
  readonly settings: InputTable<NginxSettings> = new InputTable();
  /** By their keys. */
  readonly configMaps: InputTable<ConfigMap> = new InputTable();
  readonly options: InputOptions;
  /** The controller's own. */
  readonly fakeCertificate: Certificate;

  constructor(options: InputOptions) {
    this.options = options;
    this.fakeCertificate = fakeCertificate(options.startMs ?? 0);
    this.settings.set(only, defaultNginxSettings);
  }

  /** Each time that the program asks for the default certificate of its own and has none. */
  warnOfDefaultCertificate(log: ControllerLog): void {
    const text = "Error loading custom default certificate, falling back to generated default:";
    log.warn(
      "controller.go:1260",
      `${text}\nlocal SSL certificate ${this.options.defaultSslCertificate} was not found`,
    );
  }

  get currentDefaultCertificate(): Certificate {
    const { defaultSslCertificate } = this.options;
    const own = defaultSslCertificate === undefined ? undefined : this.certificates.get(defaultSslCertificate);
    return own ?? this.fakeCertificate;
  }

  get ports(): ListenPorts {
    return { ...usualPorts, ...this.options.ports };
  }

  /** What stream services are made of, each time. */
  streamSource(log: ControllerLog): StreamSource {
    return {
      log,
      ports: this.ports,
      configMapOf: (key) => this.configMaps.get(key),
      serviceOf: (key) => this.services.get(key),
      slicesOf: (key) => this.slices.get(key) ?? [],
    };
  }

  /** Whether there should be a default certificate of its own, and is none. */
  get lacksDefaultCertificate(): boolean {
    const { defaultSslCertificate } = this.options;
    return defaultSslCertificate !== undefined && this.certificates.get(defaultSslCertificate) === undefined;
  }

  get currentSettings(): NginxSettings {
    return this.settings.get(only)!;
  }
}

/** The inputs as one value that is derived from them reads them. */
export class ReadInputs implements ModelSource {
  readonly log: PlacedLog;
  readonly #inputs: ModelInputs;
  readonly #reader: Reader;

  constructor(inputs: ModelInputs, reader: Reader, log: PlacedLog) {
    this.#inputs = inputs;
    this.#reader = reader;
    this.log = log;
  }

  get defaultBackendService(): string | undefined {
    return this.#inputs.options.defaultBackendService;
  }

  get ports(): ListenPorts {
    return this.#inputs.ports;
  }

  get settings(): NginxSettings {
    return this.#inputs.settings.read(only, this.#reader)!;
  }

  get defaultCertificate(): Certificate {
    const { defaultSslCertificate } = this.#inputs.options;
    if (defaultSslCertificate === undefined) return this.#inputs.fakeCertificate;
    const own = this.certificateOf(defaultSslCertificate);
    if (own === undefined) this.#inputs.warnOfDefaultCertificate(this.log);
    return own ?? this.#inputs.fakeCertificate;
  }

  serviceOf(key: string): Service | undefined {
    return this.#inputs.services.read(key, this.#reader);
  }

  slicesOf(serviceKey: string): readonly EndpointSlice[] {
    return this.#inputs.slices.read(serviceKey, this.#reader) ?? [];
  }

  certificateOf(key: string): Certificate | undefined {
    return this.#inputs.certificates.read(key, this.#reader);
  }
}
