import type { Change } from "@kubenetsim/core/apiserver/cluster-state";
import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import type { Ingress } from "@kubenetsim/core/model/ingress";
import { parseAddress } from "@kubenetsim/core/net/address";
import type { ControllerLog } from "../controller-log.ts";
import { configurationProblem } from "./conf/configuration-problem.ts";
import { wwwRedirectWarnings } from "./conf/www-redirects.ts";
import type { Configuration } from "./model/configuration.ts";
import { ConfigurationModel } from "./model/configuration-model.ts";
import { formatEndpoint } from "./model/endpoint-text.ts";
import { fileHeaders } from "./model/file-headers.ts";
import { ModelInputs } from "./model/model-inputs.ts";
import { ControllerStore, type StoreOptions } from "./store/controller-store.ts";
import { sameBalancing, sameFile } from "./sync/configuration-parts.ts";

/** What a sync came to. */
export type SyncOutcome =
  /** The configuration is the one that runs. */
  | "unchanged"
  /** Only backends or certificates changed: nginx's Lua was told, and no worker began anew. */
  | "posted"
  /** nginx was given another file and started new workers. */
  | "reloaded"
  /** nginx refuses the file: the last good configuration stays. */
  | "refused";

/**
 * ingress-nginx without its timing: it hears of writes, and makes a configuration of what it knows when it is told to
 * (internal/ingress/controller/controller.go `syncIngress`).
 *
 * @example
 * const controller = new IngressNginxController({}, log);
 * for (const change of changes) if (controller.apply(change)) controller.sync();
 * controller.running?.servers.map(({ hostname }) => hostname); // ["_", "shop.test"]
 */
export class IngressNginxController {
  readonly #inputs: ModelInputs;
  readonly #store: ControllerStore;
  readonly #model: ConfigurationModel;
  readonly #log: ControllerLog;
  #running: Configuration | undefined;
  #newest: Configuration | undefined;
  #reloads = 0;
  /** Servers that nginx's Lua was told certificates of, where one sends to another name. */
  #toldServers: string | undefined;

  constructor(options: StoreOptions, log: ControllerLog) {
    this.#log = log;
    this.#inputs = new ModelInputs(options);
    this.#store = new ControllerStore(options, this.#inputs, log);
    this.#model = new ConfigurationModel(this.#inputs);
  }

  /** What nginx works by; undefined before the first sync. */
  get running(): Configuration | undefined {
    return this.#running;
  }

  /** What was made last that nginx takes: to nginx the same as what runs, though other Ingresses may ask for it. */
  get newest(): Configuration | undefined {
    return this.#newest;
  }

  /** How often another file was needed, also one that nginx refused. */
  get reloads(): number {
    return this.#reloads;
  }

  /** Hears of a write. True when it asks for a sync. */
  apply(change: Change): boolean {
    return this.#store.apply(change);
  }

  /** Whether an Ingress is its own by its class. */
  takes(ingress: Ingress): boolean {
    return this.#store.isOwn(ingress);
  }

  /** Keys of the Ingresses that it has taken. */
  get ingressKeys(): readonly ObjectKey[] {
    return this.#store.ingressKeys;
  }

  /**
   * Where a TLS connection for a name is passed on to, byte by byte: cluster IP and port of the Service; undefined where nginx ends it
   * (internal/ingress/controller/nginx.go `OnUpdate`).
   */
  passthroughFor(serverName: string): string | undefined {
    const { passthrough } = this.#running?.servers.find(({ hostname }) => hostname === serverName) ?? {};
    const service = passthrough && this.#inputs.services.get(passthrough.service);
    const address = parseAddress(service?.spec.clusterIP ?? "");
    if (passthrough === undefined || address === undefined) return undefined;
    const named = service!.spec.ports?.find(({ name }) => name === passthrough.port)?.port;
    const port = /^\d+$/.test(passthrough.port) ? Number(passthrough.port) : (named ?? 0);
    return formatEndpoint({ address, port });
  }

  /** Makes the configuration anew. The time is for certificates that run out; without it none is warned of. */
  sync(nowMs?: number): SyncOutcome {
    let configuration = this.#model.build(this.#log, nowMs);
    this.#warnOfDefaultCertificate();
    const running = this.#running;
    const needsFile = running === undefined || !sameFile(running, configuration);
    if (!needsFile && sameBalancing(running, configuration)) {
      this.#newest = configuration;
      return "unchanged";
    }
    if (needsFile) {
      this.#reloads++;
      this.#log.info?.("controller.go:217", '"Configuration changes detected, backend reload required"');
      this.#warnOfDefaultCertificate();
      this.#warnOfRedirects(configuration);
      const headers = fileHeaders(configuration.settings, (key) => this.#inputs.configMaps.get(key), this.#log);
      configuration = { ...configuration, headers };
      const problem = configurationProblem(configuration);
      if (problem !== undefined) {
        const text = `\n${dashes}\nError: exit status 1\n${problem}\n${dashes}\n`;
        this.#log.error("controller.go:226", `Unexpected failure reloading the backend:\n${text}`);
        return "refused";
      }
      this.#log.info?.("controller.go:231", '"Backend successfully reloaded"');
    } else if (running.headers !== undefined) configuration = { ...configuration, headers: running.headers };
    this.#tellCertificates(configuration);
    this.#running = configuration;
    this.#newest = configuration;
    return needsFile ? "reloaded" : "posted";
  }

  #warnOfDefaultCertificate(): void {
    if (!this.#inputs.lacksDefaultCertificate) return;
    this.#inputs.warnOfDefaultCertificate(this.#log);
  }

  /** Certificates are told when anything of the servers is another one, also what a Service is like. */
  #tellCertificates(configuration: Configuration): void {
    const { servers } = configuration;
    if (!servers.some(({ redirectFromToWww }) => redirectFromToWww)) {
      this.#toldServers = undefined;
      return;
    }
    const keys = new Set(servers.flatMap(({ locations }) => locations.map(({ service }) => service)));
    const told = JSON.stringify([servers, [...keys].map((key) => this.#inputs.services.get(key))]);
    if (told !== this.#toldServers) this.#warnOfRedirects(configuration);
    this.#toldServers = told;
  }

  #warnOfRedirects({ servers }: Configuration): void {
    for (const { source, message } of wwwRedirectWarnings(servers)) this.#log.warn(source, message);
  }
}

const dashes = "-".repeat(79);
