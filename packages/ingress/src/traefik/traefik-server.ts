import type { Certificate } from "../certificate/certificate.ts";
import type { ControllerLog } from "../controller-log.ts";
import type { HttpAnswer, HttpRequest } from "../http/http-message.ts";
import type { HttpStep } from "../http/http-step.ts";
import type { HttpArrival } from "../ingress-controller.ts";
import { CertificateStore } from "./certificate-store.ts";
import type { DynamicConfiguration, Router, TraefikService } from "./dynamic-configuration.ts";
import { forwardedHeaders } from "./forwarded-headers.ts";
import { type GoTarget, readGoTarget } from "./go-url.ts";
import { redirected } from "./redirection.ts";
import { type Route, RouteTable } from "./route-table.ts";
import { canonicalHost } from "./rule.ts";
import type { EntryPoint, StaticConfiguration } from "./static-configuration.ts";
import { shuffled, WrrBalancer } from "./wrr-balancer.ts";

interface EntryRoutes {
  readonly plain: RouteTable;
  readonly tls: RouteTable;
}

/** What a Traefik does with requests by one configuration: tables, balancers and certificates begin anew with each. */
export class TraefikServer {
  readonly #configuration: StaticConfiguration;
  readonly #services: ReadonlyMap<string, TraefikService>;
  readonly #balancers: ReadonlyMap<string, WrrBalancer>;
  readonly #certificates: CertificateStore;
  readonly #routes: ReadonlyMap<string, EntryRoutes>;
  /** Name of its Pod. */
  readonly #hostname: string;

  constructor(
    configuration: StaticConfiguration,
    dynamic: DynamicConfiguration,
    around: {
      readonly random: () => number;
      readonly log: ControllerLog;
      readonly hostname: string;
      readonly startMs: number;
    },
  ) {
    this.#configuration = configuration;
    this.#services = dynamic.services;
    this.#hostname = around.hostname;
    this.#certificates = new CertificateStore(dynamic.certificates, around.startMs);
    this.#balancers = new Map(
      [...dynamic.services].map(([name, service]) => [name, new WrrBalancer(service, around.random)]),
    );
    const routers = shuffled([...dynamic.routers.values()], around.random);
    this.#routes = new Map(
      configuration.entryPoints.map((entry) => [entry.name, routesOf(entry, routers, configuration, around.log)]),
    );
  }

  certificateFor(serverName: string | undefined): Certificate {
    return this.#certificates.find(serverName);
  }

  answer(request: HttpRequest, { port, send }: HttpArrival): HttpAnswer {
    const entry = this.#configuration.entryPoints.find((each) => each.port === port)!;
    const steps: HttpStep[] = [
      { phase: "entry point", text: `${entry.name}, ${request.isTls ? "TLS" : "in the clear"}` },
    ];
    const certificate = request.isTls ? this.certificateFor(request.serverName) : undefined;
    const plain = { headers: {}, cookies: [], upstream: undefined, certificate, steps };
    const target = readGoTarget(request.target, entry.cleansPath);
    const problem = target === "unreadable" ? undefined : hostProblem(request.host);
    if (typeof target === "string" || problem !== undefined) {
      steps.push({ phase: "read", text: `400: ${problem ?? `the target: ${target as string}`}` });
      const body = `400 Bad Request${problem === undefined ? "" : `: ${problem}`}`;
      return { ...plain, status: 400, ...((problem !== undefined || target === "unreadable") && refusal(body)) };
    }
    const host = canonicalHost(request.host!);
    const { plain: inTheClear, tls } = this.#routes.get(entry.name)!;
    const table = request.isTls ? tls : inTheClear;
    const route = table.find(host, target.routingPath);
    const { redirection } = entry;
    if (!request.isTls && redirection !== undefined && host !== "" && (route?.priority ?? 0) < redirection.priority) {
      const { "x-forwarded-proto": proto } = forwardedHeaders(request, entry, this.#hostname, request.host!);
      const answer = redirected(request, proto!, target, redirection, this.#configuration.entryPoints);
      steps.push({ phase: "router", text: `the entry point's redirection to ${redirection.to}` });
      return { ...plain, ...answer };
    }
    if (route === undefined) {
      steps.push({ phase: "router", text: `404: none of ${table.size} rules takes ${host}${target.routingPath}` });
      return { ...plain, status: 404, ...errorPage("404 page not found") };
    }
    steps.push(routeStep(route, table, host, target));
    return { ...plain, ...this.#passOn(request, entry, target, route.router, send, steps) };
  }

  #passOn(
    request: HttpRequest,
    entry: EntryPoint,
    target: GoTarget,
    router: Router,
    send: HttpArrival["send"],
    steps: HttpStep[],
  ): Partial<HttpAnswer> & Pick<HttpAnswer, "status"> {
    const service = this.#services.get(router.service)!;
    const cookies = Object.entries(request.headers).find(([name]) => name.toLowerCase() === "cookie")?.[1] ?? "";
    const pick = this.#balancers.get(router.service)!.pick(cookies);
    const origin = { object: `Service ${service.key}`, reason: "Traefik's service" };
    if (pick === undefined) {
      steps.push({ phase: "service", text: `503: ${service.name} has no server`, origin });
      return { status: 503, ...errorPage("no available server") };
    }
    const [scheme, endpoint] = pick.server.url.split("://") as [string, string];
    const why = pick.isKept ? "where its cookie says" : `round robin among ${service.servers.length}`;
    steps.push({ phase: "service", text: `${service.name}: ${pick.server.url}, ${why}`, origin });
    const host = (service.passesHost && request.host) || endpoint;
    const upstream = {
      endpoint,
      method: request.method,
      url: target.uri.replace(/\?.*$/s, (query) => query.replaceAll(";", "&")),
      headers: forwardedHeaders(request, entry, this.#hostname, host),
      bodyBytes: request.bodyBytes,
      isTls: scheme === "https",
    };
    const outcome = send(upstream);
    const set = pick.cookie === undefined ? [] : [pick.cookie];
    steps.push({ phase: "upstream", text: `${endpoint}: ${typeof outcome === "string" ? outcome : outcome.status}` });
    if (typeof outcome === "string") {
      const [status, body] = outcome === "timeout" ? [504, "Gateway Timeout"] : [502, "Bad Gateway"];
      return {
        status: status as number,
        cookies: set,
        body: body as string,
        ...(outcome === "timeout" && { tookMs: 30_000 }),
      };
    }
    const { status, headers = {}, cookies: own = [], body, tookMs } = outcome;
    return {
      status,
      headers,
      cookies: [...set, ...own],
      upstream,
      ...(body !== undefined && { body }),
      ...(tookMs !== undefined && { tookMs }),
    };
  }
}

function routesOf(
  entry: EntryPoint,
  routers: readonly Router[],
  { entryPoints }: StaticConfiguration,
  log: ControllerLog,
): EntryRoutes {
  const isMarked = entryPoints.some(({ asDefault }) => asDefault);
  const isDefault = isMarked ? entry.asDefault : entry.name !== "traefik";
  const here = routers.filter(({ entryPoints: named }) =>
    named.length === 0 ? isDefault : named.includes(entry.name),
  );
  const isTls = (router: Router): boolean => router.isTls || entry.isTls;
  return {
    plain: new RouteTable(
      here.filter((router) => !isTls(router)),
      log,
    ),
    tls: new RouteTable(here.filter(isTls), log),
  };
}

function routeStep(route: Route, table: RouteTable, host: string, { routingPath }: GoTarget): HttpStep {
  const { router, rank, priority } = route;
  const isChance = table.isChance(route, host, routingPath);
  const chance = isChance ? "; others of its priority take it too, and chance decides" : "";
  return {
    phase: "router",
    text: `${router.rule}, rule ${rank + 1} of ${table.size} by priority (${priority})${chance}`,
    ...(isChance && { isChance }),
    origin: { object: `Ingress ${router.ingress}`, reason: `router ${router.name}`, field: router.field },
  };
}

/** golang.org/x/net/http/httpguts `ValidHostHeader`. */
const hostPattern = /^[A-Za-z0-9!$%&'()*+,\-./:;=@[\]_~]*$/;

/** What Go's server says against a Host header. */
function hostProblem(host: string | undefined): string | undefined {
  if (host === undefined) return "missing required Host header";
  return hostPattern.test(host) ? undefined : "malformed Host header";
}

function refusal(body: string): Pick<HttpAnswer, "headers" | "body"> {
  return { headers: { "content-type": "text/plain; charset=utf-8", connection: "close" }, body };
}

/** Go's http.Error. */
function errorPage(line: string): Pick<HttpAnswer, "headers" | "body"> {
  const headers = { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" };
  return { headers, body: `${line}\n` };
}
