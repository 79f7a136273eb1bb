import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { objectKey } from "@kubenetsim/core/model/api-object";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import { type Ingress, type IngressClass, ingressClassAnnotation } from "@kubenetsim/core/model/ingress";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import {
  type IngressController,
  type IngressControllerDefinition,
  ingressNginx,
  KeptLog,
  type LogEntry,
  traefik,
} from "@kubenetsim/ingress";
import { type ComparedRequest, neighbourRequests } from "./neighbour-requests.ts";

/** A controller to compare with: one of those that are built in, by name, or any other. */
export type ComparedController = "ingress-nginx" | "traefik" | ComparedDefinition;

export interface ComparedDefinition {
  readonly definition: IngressControllerDefinition;
  /** `spec.controller` of its IngressClasses. */
  readonly classController: string;
  /** Its flags. */
  readonly args: readonly string[];
}

export interface IngressComparisonOptions {
  /** The one that serves the Ingresses now. */
  readonly from: ComparedController;
  readonly to: ComparedController;
  /** Those that hosts and paths of the Ingresses suggest, unless given. */
  readonly requests?: readonly ComparedRequest[];
  readonly seed?: string;
}

/** What becomes of a request. */
export interface RequestFate {
  readonly status: number;
  /** namespace/name of the Service that answers; undefined where the controller does. */
  readonly service: string | undefined;
  /** What the Service is asked for. */
  readonly url: string | undefined;
  /** Where a redirect leads. */
  readonly location: string | undefined;
  /** Another draw could end otherwise. */
  readonly isChance: boolean;
  /** Why, in the words of the controller's steps. */
  readonly why: string;
}

export interface ChangedRequest {
  readonly request: ComparedRequest;
  readonly before: RequestFate;
  readonly after: RequestFate;
}

export interface IngressComparison {
  readonly from: string;
  readonly to: string;
  /** How many requests were asked of both. */
  readonly asked: number;
  /** Those that end otherwise. */
  readonly changed: readonly ChangedRequest[];
  /** What the new controller writes to its log. */
  readonly log: readonly LogEntry[];
}

/** How the two are started: TLS on 443, as their own manifests have it. */
const builtIn: Readonly<Record<"ingress-nginx" | "traefik", ComparedDefinition>> = {
  "ingress-nginx": { definition: ingressNginx, classController: "k8s.io/ingress-nginx", args: [] },
  traefik: {
    definition: traefik,
    classController: "traefik.io/ingress-controller",
    args: [
      "--entrypoints.web.address=:80",
      "--entrypoints.websecure.address=:443",
      "--entrypoints.websecure.http.tls=true",
      "--providers.kubernetesingress=true",
    ],
  },
};

/**
 * Asks the same requests of two controllers that serve the same Ingresses, and tells of those whose fate changes. The network has no
 * part in it: each Service with endpoints answers 200, in a cluster without nodes each Service.
 *
 * @example
 * const { changed } = compareIngressControllers(lab.state, { from: "ingress-nginx", to: "traefik" });
 * changed[0]; // { request: { scheme: "http", host: "shop.test", path: "/cartx" }, before: { status: 404, … }, after: … }
 * @throws UnsupportedError, ParseError as the controllers do for their flags
 */
export function compareIngressControllers(state: ClusterState, options: IngressComparisonOptions): IngressComparison {
  const { seed = "kubenetsim" } = options;
  const [from, to] = [definitionOf(options.from), definitionOf(options.to)];
  const ingresses = served(state, from, seed);
  const requests = options.requests ?? neighbourRequests(ingresses);
  const [before, after] = [from, to].map((each) => new Subject(state, ingresses, each, seed));
  const fates = requests.map((request) => ({ request, before: before!.ask(request), after: after!.ask(request) }));
  return {
    from: from.definition.name,
    to: to.definition.name,
    asked: requests.length,
    changed: fates.filter((each) => !isSame(each.before, each.after)),
    log: after!.log.entries,
  };
}

function definitionOf(controller: ComparedController): ComparedDefinition {
  return typeof controller === "string" ? builtIn[controller] : controller;
}

/** The Ingresses that a controller takes by their class; those of classes that are not there are believed to be its own. */
function served(state: ClusterState, definition: ComparedDefinition, seed: string): Ingress[] {
  const controller = start(state, definition, seed, new KeptLog());
  tell(
    controller,
    Object.values(state.tables).flatMap((table) => [...table.values()] as ApiObject[]),
  );
  return [...state.tables.Ingress.values()].filter((ingress) => {
    const { ingressClassName } = ingress.spec;
    const isUnknown = ingressClassName !== undefined && !state.tables.IngressClass.has(ingressClassName);
    return isUnknown || (controller.takes?.(ingress) ?? true);
  });
}

const comparedClass = "compared";

/** A controller that serves some Ingresses, and stands alone. */
class Subject {
  readonly log: KeptLog = new KeptLog();
  readonly #controller: IngressController;
  /** Which Service an address stands for: each has one of its own. */
  readonly #services = new Map<string, string>();

  constructor(state: ClusterState, ingresses: readonly Ingress[], compared: ComparedDefinition, seed: string) {
    this.#controller = start(state, compared, seed, this.log);
    const { Ingress: _, IngressClass: __, EndpointSlice: ___, ...others } = state.tables;
    const ingressClass: IngressClass = {
      apiVersion: "networking.k8s.io/v1",
      kind: "IngressClass",
      metadata: { name: comparedClass },
      spec: { controller: compared.classController },
    };
    tell(this.#controller, [
      ...Object.values(others).flatMap((table) => [...table.values()] as ApiObject[]),
      ingressClass,
      ...slicesOf(state).map((slice, i) => this.#ownAddress(slice, i)),
      ...ingresses.map(ofComparedClass),
    ]);
  }

  /** One ready endpoint in the place of all, so that balancing has no part in what is compared. */
  #ownAddress(slice: EndpointSlice, i: number): EndpointSlice {
    const { namespace = "", labels } = slice.metadata;
    const isReady = (slice.endpoints ?? []).some(({ conditions }) => conditions?.ready !== false);
    const address = `100.64.${i >> 8}.${i & 255}`;
    this.#services.set(address, `${namespace}/${labels?.[serviceNameLabel] ?? ""}`);
    return { ...slice, endpoints: isReady ? [{ addresses: [address] }] : [] };
  }

  ask({ scheme, host, path }: ComparedRequest): RequestFate {
    const isTls = scheme === "https";
    const request = {
      method: "GET",
      target: path,
      host,
      headers: {},
      bodyBytes: 0,
      clientAddress: "203.0.113.99",
      isTls,
      serverName: isTls ? host : undefined,
    };
    const answer = this.#controller.answer(request, {
      port: isTls ? 443 : 80,
      nowMs: settledMs,
      send: () => ({ status: 200 }),
    });
    const { upstream, status, headers, steps } = answer;
    return {
      status,
      service: upstream && this.#services.get(upstream.endpoint.replace(/:\d+$/, "")),
      url: upstream?.url,
      location: headers.location,
      isChance: steps.some(({ isChance = false }) => isChance),
      why: steps.map(({ phase, text }) => `${phase}: ${text}`).join("; "),
    };
  }
}

/** Without nodes nothing can run: each Service is taken for one that has a Pod. */
function slicesOf({ tables }: ClusterState): EndpointSlice[] {
  if ([...tables.Node.values()].length > 0) return [...tables.EndpointSlice.values()];
  return [...tables.Service.values()].map(({ metadata: { namespace, name }, spec }) => ({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { ...(namespace !== undefined && { namespace }), name, labels: { [serviceNameLabel]: name } },
    addressType: "IPv4",
    endpoints: [{ addresses: ["100.64.0.0"] }],
    ports: (spec.ports ?? []).map(({ name: port = "", port: number, targetPort, protocol = "TCP" }) => ({
      name: port,
      port: typeof targetPort === "number" ? targetPort : number,
      protocol,
    })),
  }));
}

const serviceNameLabel = "kubernetes.io/service-name";

/** By then each has worked in what it was told. */
const settledMs = 60_000;

function start(
  state: ClusterState,
  { definition, args }: ComparedDefinition,
  seed: string,
  log: KeptLog,
): IngressController {
  const random = seededRandom(`${seed}/${definition.name}`);
  const place = { args, pod: "default/compared", random: () => random.next(), resolve: () => [] };
  return definition.start({ ...place, log, nowMs: 0, state });
}

function tell(controller: IngressController, objects: readonly ApiObject[]): void {
  const changes = objects.map(
    (after): Change => ({ revision: 1, kind: after.kind, key: objectKey(after), before: undefined, after }),
  );
  controller.take(changes, 0);
  controller.advance(settledMs);
}

function ofComparedClass(ingress: Ingress): Ingress {
  const { [ingressClassAnnotation]: _, ...annotations } = ingress.metadata.annotations ?? {};
  return {
    ...ingress,
    metadata: { ...ingress.metadata, annotations },
    spec: { ...ingress.spec, ingressClassName: comparedClass },
  };
}

function isSame(left: RequestFate, right: RequestFate): boolean {
  return (
    left.status === right.status &&
    left.service === right.service &&
    left.url === right.url &&
    left.location === right.location
  );
}
