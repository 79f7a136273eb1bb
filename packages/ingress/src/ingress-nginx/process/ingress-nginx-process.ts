import type { Change } from "@kubenetsim/core/apiserver/cluster-state";
import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import type { Ingress } from "@kubenetsim/core/model/ingress";
import { type Clock, virtualClock } from "@kubenetsim/core/runtime/clock";
import { InvariantError } from "@kubenetsim/core/runtime/errors";
import type { Certificate } from "../../certificate/certificate.ts";
import type { HttpAnswer, HttpRequest } from "../../http/http-message.ts";
import type { UpstreamExchange } from "../../http/upstream-exchange.ts";
import type {
  AnnotationWarning,
  ControllerProcess,
  Handshake,
  HttpArrival,
  IngressController,
  IngressStatusWriter,
  ListeningPort,
  PassedConnection,
} from "../../ingress-controller.ts";
import { annotationWarnings } from "../annotations/annotation-warnings.ts";
import { nginxConf } from "../conf/nginx-conf.ts";
import { IngressNginxController } from "../controller.ts";
import type { ControllerFlags } from "../flags/controller-flags.ts";
import type { Configuration } from "../model/configuration.ts";
import { otherSettings, unmodelledSettings } from "../other-settings.ts";
import { Nginx } from "../request/nginx.ts";
import { plainOnHttps } from "../request/own-page.ts";
import { StreamBalancers } from "../request/stream-balancers.ts";
import type { StoreOptions } from "../store/controller-store.ts";
import { SyncQueue, type SyncReport } from "../sync/sync-queue.ts";
import { leavesStatus, publishedAddresses } from "./published-addresses.ts";
import { WatchedChanges } from "./watched-changes.ts";

/**
 * ingress-nginx in its Pod: what its flags let it see goes into its store, its queue syncs at the pace of `--sync-rate-limit`, and its
 * nginx answers by what was synced last. Its own clock stands where it was told that the time is.
 */
export class IngressNginxProcess implements IngressController {
  readonly flags: ControllerFlags;
  readonly status: IngressStatusWriter | undefined;
  readonly #process: ControllerProcess;
  readonly #clock: Clock;
  readonly #watched: WatchedChanges;
  readonly #controller: IngressNginxController;
  readonly #queue: SyncQueue;
  readonly #nginx: Nginx;
  readonly #streams: StreamBalancers;
  /** Carries requests for the answer that is being made. */
  #send: UpstreamExchange | undefined;
  #hasListed = false;

  constructor(flags: ControllerFlags, process: ControllerProcess) {
    const { nowMs, log, random, resolve } = process;
    this.flags = flags;
    this.#process = process;
    this.#clock = virtualClock(nowMs);
    this.#watched = new WatchedChanges(flags);
    this.#controller = new IngressNginxController({ ...storeOptions(flags), startMs: nowMs }, log);
    const pace = { periodMs: 1000 / flags.syncRateLimit, reloadMs: 0 };
    this.#queue = new SyncQueue(this.#clock, pace, (key) => this.#sync(key));
    this.#nginx = new Nginx({ send: (request, atMs) => this.#carrier()(request, atMs), random, resolve });
    this.#streams = new StreamBalancers(random);
    this.status = flags.updateStatus ? this.#statusWriter() : undefined;
  }

  /** What nginx works by; undefined before the first sync. */
  get configuration(): Configuration | undefined {
    return this.#controller.running;
  }

  /** How often nginx was to have another file, also one that it refused. */
  get reloads(): number {
    return this.#controller.reloads;
  }

  get dueMs(): number | undefined {
    const { dueMs } = this.#queue;
    return dueMs === undefined || !Number.isFinite(dueMs) ? undefined : Math.max(dueMs, this.#clock.nowMs);
  }

  /** Nginx's own first file has no server in it: as long as the controller has given it none, nobody listens. */
  get listens(): readonly ListeningPort[] {
    if (this.configuration === undefined) return [];
    const { ports } = this.flags;
    const { tcpServices, udpServices } = this.configuration;
    const streams = [...tcpServices, ...udpServices].map(
      ({ protocol, port }): ListeningPort => ({ protocol, port, speaks: "stream" }),
    );
    return [
      { protocol: "TCP", port: ports.http, speaks: "http" },
      { protocol: "TCP", port: ports.https, speaks: "https" },
      ...streams,
    ];
  }

  get unmodelled(): readonly string[] {
    const { configMap } = this.flags;
    const settings = unmodelledSettings(this.configuration?.settings.other ?? otherSettings);
    return [
      ...this.flags.unmodelled.map((flag) => `the flag ${flag} is not modelled`),
      ...settings.map((key) => `the setting ${key} of ConfigMap ${configMap} is not modelled`),
    ];
  }

  takes(ingress: Ingress): boolean {
    return this.#seen(ingress).some((seen) => this.#controller.takes(seen));
  }

  /** An Ingress as its flags let it see it; none where they do not. */
  #seen(ingress: Ingress): Ingress[] {
    const told = this.#watched.of({ revision: 0, kind: "Ingress", key: "", before: undefined, after: ingress });
    return told.map(({ after }) => after as Ingress);
  }

  take(changes: readonly Change[], nowMs: number): void {
    this.advance(nowMs);
    if (!this.#hasListed) {
      this.#hasListed = true;
      for (const change of this.#watched.listed(changes)) this.#controller.apply(change);
      this.#queue.add("initial-sync");
      return;
    }
    for (const change of changes) {
      for (const seen of this.#watched.of(change)) {
        if (this.#controller.apply(seen))
          this.#queue.add(change.kind === "ConfigMap" ? "configmap-change" : change.key);
      }
    }
  }

  /** The controller's clock may have gone ahead of this time: then nothing happens. Requests keep the time that they come with. */
  advance(nowMs: number): void {
    this.#clock.advance(Math.max(0, nowMs - this.#clock.nowMs));
  }

  answer(request: HttpRequest, { port, nowMs, send }: HttpArrival): HttpAnswer {
    if (!request.isTls && port === this.flags.ports.https) return plainOnHttps;
    const before = this.#send;
    this.#send = send;
    try {
      return this.#nginx.answer(request, nowMs);
    } finally {
      this.#send = before;
    }
  }

  certificateFor({ serverName }: Handshake): Certificate | undefined {
    return this.#nginx.certificateFor(serverName);
  }

  /**
   * On a port of the ConfigMaps to one of its endpoints. With `--enable-ssl-passthrough` the controller stands before nginx and looks
   * at the names of handshakes (pkg/tcpproxy).
   */
  passOn({ protocol, port, serverName, nowMs }: PassedConnection): string | undefined {
    const { enableSslPassthrough, ports } = this.flags;
    if (port !== ports.http && port !== ports.https) return this.#streams.pick(protocol, port, nowMs);
    if (!enableSslPassthrough || port !== ports.https || serverName === undefined) return undefined;
    return this.#controller.passthroughFor(serverName);
  }

  unmodelledIn(ingress: Ingress): readonly AnnotationWarning[] {
    return this.#seen(ingress).flatMap(annotationWarnings);
  }

  configurationText(): string {
    return this.configuration === undefined ? "" : nginxConf(this.configuration);
  }

  #carrier(): UpstreamExchange {
    if (this.#send === undefined)
      throw new InvariantError(`the nginx of pod ${this.#process.pod} sends for no request`, {});
    return this.#send;
  }

  #sync(key: string): SyncReport {
    const { log } = this.#process;
    const outcome = this.#controller.sync(this.#clock.nowMs);
    if (outcome === "refused") {
      log.error("queue.go:137", `"requeuing" err=<\n > key="${key}"`);
      return { failed: true, reloaded: false };
    }
    const isReload = outcome === "reloaded";
    this.#nginx.explainBy(this.#controller.newest!);
    if (outcome !== "unchanged") {
      this.#nginx.load(this.#controller.running!, { isReload, nowMs: this.#clock.nowMs });
      this.#streams.load(this.#controller.running!, { isReload, nowMs: this.#clock.nowMs });
    }
    return { failed: false, reloaded: isReload };
  }

  #statusWriter(): IngressStatusWriter {
    const { flags } = this;
    const [namespace = ""] = this.#process.pod.split("/");
    const controller = this.#controller;
    return {
      election: `${namespace}/${flags.electionId}`,
      ingresses: (): readonly ObjectKey[] => controller.ingressKeys,
      addresses: (state, own) => publishedAddresses(state, own, flags),
      withdraws: (state, own) => flags.updateStatusOnShutdown && !leavesStatus(state, own, flags),
    };
  }
}

function storeOptions(flags: ControllerFlags): StoreOptions {
  const { configMap, defaultBackendService, defaultSslCertificate } = flags;
  const { tcpServicesConfigMap, udpServicesConfigMap, ports } = flags;
  const { controllerClass, ingressClass, watchIngressWithoutClass, ingressClassByName } = flags;
  return {
    controllerClass,
    ingressClass,
    watchIngressWithoutClass,
    ingressClassByName,
    ports,
    ...(tcpServicesConfigMap === undefined ? {} : { tcpServicesConfigMap }),
    ...(udpServicesConfigMap === undefined ? {} : { udpServicesConfigMap }),
    ...(configMap === undefined ? {} : { configMap }),
    ...(defaultBackendService === undefined ? {} : { defaultBackendService }),
    ...(defaultSslCertificate === undefined ? {} : { defaultSslCertificate }),
  };
}
