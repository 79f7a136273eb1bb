import type { Change } from "@kubenetsim/core/apiserver/cluster-state";
import type { Ingress } from "@kubenetsim/core/model/ingress";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { Certificate } from "../certificate/certificate.ts";
import type { HttpAnswer, HttpRequest } from "../http/http-message.ts";
import type {
  ControllerProcess,
  Handshake,
  HttpArrival,
  IngressController,
  IngressStatusWriter,
  ListeningPort,
} from "../ingress-controller.ts";
import { buildDynamicConfiguration, isTraefiks } from "./build-configuration.ts";
import { configurationText } from "./configuration-text.ts";
import type { DynamicConfiguration } from "./dynamic-configuration.ts";
import { ObjectStore } from "./object-store.ts";
import { publishedAddresses } from "./published-addresses.ts";
import { internalEntryPoint, readArguments, type StaticConfiguration } from "./static-configuration.ts";
import { TraefikServer } from "./traefik-server.ts";
import { shuffled } from "./wrr-balancer.ts";

const empty: DynamicConfiguration = { routers: new Map(), services: new Map(), certificates: [] };

/** Traefik v3 with its provider of Kubernetes Ingresses: routers by the priority of their rules, no reloads. */
export class TraefikController implements IngressController {
  readonly listens: readonly ListeningPort[];
  readonly status: IngressStatusWriter | undefined;
  readonly #process: ControllerProcess;
  readonly #static: StaticConfiguration;
  readonly #store: ObjectStore;
  #dynamic = empty;
  #server: TraefikServer;
  #text = "";
  /** A write is not worked in yet. */
  #isStale = false;
  #nextMs: number;

  constructor(process: ControllerProcess) {
    this.#process = process;
    this.#static = readArguments(process.args);
    this.listens = this.#static.entryPoints.map(({ port }) => ({ protocol: "TCP", port, speaks: "either" }));
    this.#store = new ObjectStore(this.#static.provider?.namespaces ?? []);
    this.#server = this.#serverOf(empty);
    this.status = this.#statusWriter();
    this.#nextMs = process.nowMs;
  }

  /** What it routes by now. */
  get running(): DynamicConfiguration {
    return this.#dynamic;
  }

  get dueMs(): number | undefined {
    return this.#isStale && this.#static.provider !== undefined ? this.#nextMs : undefined;
  }

  get unmodelled(): readonly string[] {
    return this.#static.unmodelled.map((flag) => `what --${flag} asks for is not modelled`);
  }

  takes(ingress: Ingress): boolean {
    const { provider } = this.#static;
    return provider !== undefined && isTraefiks(ingress, this.#store, provider);
  }

  take(changes: readonly Change[], nowMs: number): void {
    for (const change of changes) this.#isStale = this.#store.apply(change) || this.#isStale;
    this.advance(nowMs);
  }

  /** A configuration is given to the routers at once, and the next one no sooner than the throttle's time after it. */
  advance(nowMs: number): void {
    const { provider, throttleMs } = this.#static;
    if (!this.#isStale || provider === undefined || nowMs < this.#nextMs) return;
    this.#isStale = false;
    const { random, log } = this.#process;
    const dynamic = buildDynamicConfiguration({
      store: this.#store,
      provider,
      log,
      ingresses: shuffled([...this.#store.ingresses.values()], random),
    });
    const text = configurationText(dynamic);
    if (text === this.#text) return;
    this.#text = text;
    this.#dynamic = dynamic;
    this.#server = this.#serverOf(dynamic);
    this.#nextMs = nowMs + throttleMs;
  }

  certificateFor({ serverName }: Handshake): Certificate {
    return this.#server.certificateFor(serverName);
  }

  /** @throws UnsupportedError for requests to Traefik's own pages */
  answer(request: HttpRequest, arrival: HttpArrival): HttpAnswer {
    const own = this.#static.entryPoints.find(({ name }) => name === internalEntryPoint);
    if (arrival.port === own?.port)
      throw new UnsupportedError("a request to Traefik's own pages", "an ingress controller");
    return this.#server.answer(request, arrival);
  }

  configurationText(): string {
    return this.#text;
  }

  /** Every replica writes, and each the same; what was written stays. */
  #statusWriter(): IngressStatusWriter | undefined {
    const { provider } = this.#static;
    const { endpoint } = provider ?? {};
    if (endpoint === undefined) return undefined;
    const { ingresses } = this.#store;
    return {
      election: this.#process.pod,
      ingresses: () => [...ingresses.keys()].filter((key) => isTraefiks(ingresses.get(key)!, this.#store, provider!)),
      addresses: (state) => publishedAddresses(endpoint, state),
      withdraws: () => false,
    };
  }

  #serverOf(dynamic: DynamicConfiguration): TraefikServer {
    const { random, log, pod, nowMs } = this.#process;
    return new TraefikServer(this.#static, dynamic, {
      random,
      log,
      hostname: pod.split("/")[1] ?? pod,
      startMs: nowMs,
    });
  }
}
