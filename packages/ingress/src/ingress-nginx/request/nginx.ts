import type { Certificate } from "../../certificate/certificate.ts";
import { headerOf } from "../../http/http-headers.ts";
import type { HttpAnswer, HttpRequest } from "../../http/http-message.ts";
import type { HttpStep } from "../../http/http-step.ts";
import type { UpstreamExchange } from "../../http/upstream-exchange.ts";
import { type Configuration, defaultServerName } from "../model/configuration.ts";
import { formatEndpoint } from "../model/endpoint-text.ts";
import { defaultEndpoint } from "../model/model-source.ts";
import { withAddedHeaders } from "./added-headers.ts";
import { answerAtLocation, type LocationSurroundings, type PartialAnswer } from "./answer-at-location.ts";
import { Balancers, type Resolve } from "./balancers.ts";
import { blockedBy } from "./block-lists.ts";
import { serverStep } from "./explain/place-steps.ts";
import { readHeaders } from "./header-names.ts";
import { hostName } from "./host-name.ts";
import { originForm } from "./origin-form.ts";
import { ownPage } from "./own-page.ts";
import { brokenStart, proxiedPort, withProxiedHeader } from "./proxy-protocol.ts";
import { RateLimiter } from "./rate-limiter.ts";
import type { RequestContext } from "./request-context.ts";
import { readingProblem } from "./request-reading.ts";
import { parseTarget } from "./request-target.ts";
import { type NginxServer, ServerTable } from "./server-table.ts";
import { CertificateTable } from "./shown-certificate.ts";
import { remoteAddress } from "./source-address.ts";

export interface NginxOptions {
  /** Carries a request to an endpoint. */
  readonly send: UpstreamExchange;
  /** Chance: numbers in [0, 1). */
  readonly random: () => number;
  /** Addresses of names, for ExternalName Services; none where it is not given. */
  readonly resolve?: Resolve;
}

/**
 * The controller's nginx with one worker: it answers requests by a configuration.
 *
 * @example
 * const nginx = new Nginx({ send: () => ({ status: 200 }), random });
 * nginx.load(controller.running!, { isReload: true, nowMs: 0 });
 * nginx.answer({ ...request, host: "shop.test", target: "/cart" }, 0).upstream?.endpoint; // "10.244.0.2:8080"
 */
export class Nginx {
  readonly #options: NginxOptions;
  readonly #balancers = new Balancers();
  readonly #surroundings: LocationSurroundings;
  readonly #servers = new ServerTable();
  #configuration: Configuration | undefined;
  #newest: Configuration | undefined;
  #ownEndpoint = "";
  #certificates: CertificateTable | undefined;

  constructor(options: NginxOptions) {
    this.#options = options;
    this.#surroundings = {
      balancers: this.#balancers,
      limiter: new RateLimiter(),
      hasCertificate: (host) => this.#certificates!.find(host) !== undefined,
      send: options.send,
      resolve: options.resolve ?? (() => []),
      newest: () => this.#newest,
    };
  }

  /**
   * Takes a configuration. A reload makes new workers, which read the file and forget what their balancers knew; without one only
   * backends and certificates are told.
   */
  load(configuration: Configuration, { isReload, nowMs }: { isReload: boolean; nowMs: number }): void {
    if (isReload || this.#configuration === undefined) {
      this.#balancers.reset();
      this.#servers.load(configuration);
    }
    this.#configuration = configuration;
    this.#ownEndpoint = formatEndpoint(defaultEndpoint(configuration.ports));
    this.#certificates = new CertificateTable(configuration);
    this.#balancers.load(configuration, this.#options.resolve ?? (() => []), nowMs);
  }

  /** Which Ingresses ask for what, where that is newer than the configuration: what steps tell is by this one. */
  explainBy(newest: Configuration): void {
    this.#newest = newest;
  }

  /** What a TLS handshake with this name is shown. @throws TypeError before a configuration is loaded. */
  certificateFor(serverName: string | undefined): Certificate | undefined {
    if (this.#certificates === undefined) throw new TypeError("nginx has no configuration yet");
    if (this.#configuration!.settings.sslRejectHandshake && this.#isForNobody(serverName)) return undefined;
    return this.#certificates.shown(serverName || undefined);
  }

  /** Whether the server for all names takes a handshake (`ssl_reject_handshake` stands in that one). */
  #isForNobody(serverName = ""): boolean {
    const name = serverName === "" ? undefined : hostName(serverName);
    const found = name === undefined ? undefined : this.#servers!.find(name);
    return found === undefined || (found.kind === "site" && found.server.hostname === defaultServerName);
  }

  /** Answers a request that comes at this virtual time. @throws TypeError before a configuration is loaded. */
  answer(request: HttpRequest, nowMs: number): HttpAnswer {
    if (this.#configuration === undefined) throw new TypeError("nginx has no configuration yet");
    const answer = this.#phases(request, nowMs);
    if (answer.body !== undefined) return answer;
    const { body, headers } = ownPage(answer.status);
    return { ...answer, body, headers: { ...headers, ...answer.headers } };
  }

  /** Without nginx's own pages. */
  #phases(request: HttpRequest, nowMs: number): HttpAnswer {
    const certificate = request.isTls ? this.certificateFor(request.serverName) : undefined;
    const { target: path, authority } = originForm(request.target);
    const named = hostName(request.host);
    const host = named === undefined || authority === undefined ? named : hostName(authority);
    const target = parseTarget(path);
    const steps: HttpStep[] = [];
    const { settings } = this.#configuration!;
    const broken = brokenStart(settings, request) ?? readingProblem(request, { host, target }, settings);
    if (broken !== undefined) {
      steps.push({ phase: "read", text: broken.text });
      return wholeAnswer({ status: broken.status }, certificate, steps);
    }
    const asked = authority === undefined ? request : { ...request, target: path };
    const context = this.#contextOf(asked, host!, target!, nowMs, steps);
    const server = this.#servers.find(context.host);
    if (server.kind === "redirect") {
      const { httpRedirectCode, customHttpErrors } = context.settings;
      const setting = blockedBy(context);
      if (setting !== undefined) {
        steps.push({ phase: "server", text: `403: refused by ${setting}` });
        // Such a server has no locations for pages of errors.
        const status = customHttpErrors.includes(403) ? 500 : 403;
        return this.#added(wholeAnswer({ status }, certificate, steps), context);
      }
      const headers = { location: wwwTarget(context, server) };
      return this.#added(wholeAnswer({ status: httpRedirectCode, headers }, certificate, steps), context);
    }
    steps.push(serverStep(server.server, context.host));
    const answer = answerAtLocation(context, server, this.#surroundings);
    const { ownHeaders } = answer;
    const added = this.#added(wholeAnswer(answer, certificate, steps), context);
    return ownHeaders === undefined ? added : { ...added, headers: { ...added.headers, ...ownHeaders } };
  }

  #added(answer: HttpAnswer, context: RequestContext): HttpAnswer {
    return withAddedHeaders(answer, this.#configuration!, context);
  }

  #contextOf(
    request: HttpRequest,
    host: string,
    target: RequestContext["target"],
    nowMs: number,
    steps: HttpStep[],
  ): RequestContext {
    const { settings, ports } = this.#configuration!;
    const headers = withProxiedHeader(settings, request, readHeaders(request.headers, settings));
    const scheme = request.isTls ? "https" : "http";
    const forwarded = (name: string): string | undefined => (settings.useForwardedHeaders ? headers[name] : undefined);
    const asked = proxiedPort(settings, request);
    return {
      request,
      settings,
      proxySetHeaders: this.#configuration!.headers?.set ?? {},
      ports,
      ownEndpoint: this.#ownEndpoint,
      headers,
      host,
      httpHost: request.host!,
      target,
      scheme,
      remoteAddress: remoteAddress(
        settings,
        request.clientAddress,
        headerOf(headers, settings.forwardedForHeader.toLowerCase()),
        request.proxied?.source,
      ),
      passScheme: asked === "443" ? "https" : (forwarded("x-forwarded-proto") ?? scheme),
      passHost: forwarded("x-forwarded-host")?.split(",")[0] ?? request.host!,
      passPort: forwarded("x-forwarded-port") ?? asked ?? (request.isTls ? "443" : String(ports.http)),
      nowMs,
      random: this.#options.random,
      steps,
      sessions: [],
    };
  }
}

const noCookies: readonly string[] = [];
const nothing: Readonly<Record<string, string>> = {};

/** An answer with all that the phases have not said. (Field by field: spreading them would take as long as all the phases.) */
function wholeAnswer(
  { status, headers = nothing, cookies = noCookies, upstream, body, tookMs }: PartialAnswer,
  certificate: Certificate | undefined,
  steps: readonly HttpStep[],
): HttpAnswer {
  if (body === undefined) {
    const plain = { headers, cookies, upstream, certificate, steps, status };
    return tookMs === undefined ? plain : { ...plain, tookMs };
  }
  if (tookMs === undefined) return { headers, cookies, upstream, certificate, steps, status, body };
  return { headers, cookies, upstream, certificate, steps, status, body, tookMs };
}

/** rootfs/etc/nginx/lua/nginx/ngx_srv_redirect.lua: with the port, without one slash at the end. */
function wwwTarget(context: RequestContext, { to }: NginxServer & { kind: "redirect" }): string {
  const { settings, ports, headers, request, scheme } = context;
  const forwarded = (name: string): string | undefined => (settings.useForwardedHeaders ? headers[name] : undefined);
  const port = forwarded("x-forwarded-port") ?? (request.isTls ? ports.https : ports.http);
  return `${forwarded("x-forwarded-proto") ?? scheme}://${to}:${port}${request.target.replace(/\/$/, "")}`;
}
