import { compilePcre } from "../conf/pcre/pcre.ts";
import { changedNames, lastNamed } from "../model/changed-names.ts";
import type { Backend, Configuration } from "../model/configuration.ts";
import { BackendBalancer } from "./backend-balancer.ts";
import { type CanaryReason, canaryStep } from "./explain/phase-steps.ts";
import { headerByVariable, type RequestContext } from "./request-context.ts";
import { variableCookie } from "./request-cookies.ts";

/** Addresses of a name, for backends of ExternalName Services. */
export type Resolve = (name: string) => readonly string[];

/** The balancers of one nginx worker, each made when it is first asked for. */
export class Balancers {
  #listed: readonly Backend[] = [];
  /** By name, those that have endpoints, names among them resolved. */
  readonly #backends = new Map<string, Backend>();
  readonly #external = new Set<string>();
  readonly #balancers = new Map<string, BackendBalancer>();
  #nowMs = 0;

  /** Takes what the controller posted; balancers whose endpoints stay go on where they were. */
  load({ backends }: Configuration, resolve: Resolve, nowMs: number): void {
    const names = changedNames(this.#listed, backends, nameOf);
    this.#listed = backends;
    this.#nowMs = nowMs;
    for (const name of names) this.#external.delete(name);
    for (const name of [...names, ...this.#external]) this.#take(name, resolve);
  }

  #take(name: string, resolve: Resolve): void {
    const posted = lastNamed(this.#listed, name, nameOf);
    if (posted?.isExternalName) this.#external.add(name);
    const backend = posted?.isExternalName ? withAddresses(posted, resolve) : posted;
    if (backend === undefined || backend.endpoints.length === 0) {
      this.#backends.delete(name);
      this.#balancers.delete(name);
      return;
    }
    this.#backends.set(name, backend);
    const balancer = this.#balancers.get(name);
    if (balancer !== undefined) this.#balancers.set(name, balancer.update(backend, this.#nowMs));
  }

  /** All state is gone, as in new workers. */
  reset(): void {
    this.#balancers.clear();
  }

  /** Whether a backend has an endpoint. */
  has(name: string): boolean {
    return this.#backends.has(name);
  }

  #get(name: string): BackendBalancer | undefined {
    const known = this.#balancers.get(name);
    if (known !== undefined) return known;
    const backend = this.#backends.get(name);
    if (backend === undefined) return undefined;
    const balancer = new BackendBalancer(backend, this.#nowMs);
    this.#balancers.set(name, balancer);
    return balancer;
  }

  /** The balancer for a request to a backend: its own, or its canary's; undefined when there is no endpoint. */
  choose(name: string, context: RequestContext): BackendBalancer | undefined {
    const primary = this.#get(name);
    const [alternativeName] = primary?.backend.alternativeBackends ?? [];
    if (primary === undefined || alternativeName === undefined || primary.isAffinitized(context)) return primary;
    const alternative = this.#get(alternativeName);
    if (alternative === undefined) return primary;
    const reason = canaryReason(alternative, context);
    if (reason === undefined) return primary;
    context.steps.push(canaryStep(name, alternative.backend, reason));
    return alternative;
  }
}

function nameOf({ name }: Backend): string {
  return name;
}

function withAddresses(backend: Backend, resolve: Resolve): Backend {
  const endpoints = backend.endpoints.flatMap(({ address, port }) =>
    resolve(address).map((each) => ({ address: each, port })),
  );
  return { ...backend, endpoints };
}

/** Why a canary takes a request; undefined when it does not (balancer.lua `route_to_alternative_balancer`). */
function canaryReason(canary: BackendBalancer, context: RequestContext): CanaryReason | undefined {
  if (canary.isAffinitized(context)) return { text: "its session's cookie", annotations: ["affinity"] };
  const { trafficShaping } = canary.backend;
  const { cookie, weight } = trafficShaping;
  const byHeader = headerVerdict(trafficShaping, context);
  if (byHeader !== undefined) return byHeader.isTaken ? byHeader : undefined;
  const said = cookie === "" ? undefined : variableCookie(context, cookie);
  if (said === "always") return { text: `cookie ${cookie}: always`, annotations: ["canary-by-cookie"] };
  if (said === "never") return undefined;
  const total = Math.max(100, trafficShaping.weightTotal);
  const drawn = Math.floor(context.random() * total) + 1;
  if (drawn > weight) return undefined;
  return { text: `weight ${weight} of ${total}, ${drawn} was drawn`, annotations: ["canary-weight"] };
}

interface HeaderVerdict extends CanaryReason {
  readonly isTaken: boolean;
}

/** Whether the header sends the request to the canary or keeps it away; undefined when it says neither. */
function headerVerdict(
  { header, headerValue, headerPattern }: Backend["trafficShaping"],
  context: RequestContext,
): HeaderVerdict | undefined {
  const value = header === "" ? undefined : headerByVariable(context, header.replaceAll("-", "_"));
  if (value === undefined) return undefined;
  const text = `header ${header}: ${value}`;
  const by = (annotation: string, isTaken: boolean): HeaderVerdict => ({ text, annotations: [annotation], isTaken });
  if (headerValue !== "") return value === headerValue ? by("canary-by-header-value", true) : undefined;
  if (headerPattern !== "") {
    const pattern = compilePcre(headerPattern, { ignoresCase: false });
    if (pattern === undefined) return by("canary-by-header-pattern", false);
    return pattern.test(value) ? by("canary-by-header-pattern", true) : undefined;
  }
  if (value === "always") return by("canary-by-header", true);
  return value === "never" ? by("canary-by-header", false) : undefined;
}
