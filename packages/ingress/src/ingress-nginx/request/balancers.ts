import { compilePcre } from "../conf/pcre.ts";
import type { Backend, Configuration } from "../model/configuration.ts";
import { BackendBalancer } from "./backend-balancer.ts";
import { cookieOf, headerByVariable, type RequestContext } from "./request-context.ts";

/** Addresses of a name, for backends of ExternalName Services. */
export type Resolve = (name: string) => readonly string[];

/** The balancers of one nginx worker. */
export class Balancers {
  #balancers = new Map<string, BackendBalancer>();

  /** Takes what the controller posted; balancers whose endpoints stay go on where they were. */
  load({ backends }: Configuration, resolve: Resolve, nowMs: number): void {
    const next = new Map<string, BackendBalancer>();
    for (const backend of backends) {
      const resolved = backend.isExternalName ? withAddresses(backend, resolve) : backend;
      if (resolved.endpoints.length === 0) next.delete(backend.name);
      else {
        const known = next.get(backend.name) ?? this.#balancers.get(backend.name);
        next.set(backend.name, known?.update(resolved, nowMs) ?? new BackendBalancer(resolved, nowMs));
      }
    }
    this.#balancers = next;
  }

  /** All state is gone, as in new workers. */
  reset(): void {
    this.#balancers.clear();
  }

  get(name: string): BackendBalancer | undefined {
    return this.#balancers.get(name);
  }

  /** The balancer for a request to a backend: its own, or its canary's; undefined when there is no endpoint. */
  choose(name: string, context: RequestContext): BackendBalancer | undefined {
    const primary = this.#balancers.get(name);
    const [alternativeName] = primary?.backend.alternativeBackends ?? [];
    if (primary === undefined || alternativeName === undefined || primary.isAffinitized(context)) return primary;
    const alternative = this.#balancers.get(alternativeName);
    if (alternative === undefined) return primary;
    const reason = canaryReason(alternative, context);
    if (reason === undefined) return primary;
    context.steps.push({ phase: "balancer", text: `backend ${alternativeName} in the place of ${name}: ${reason}` });
    return alternative;
  }
}

function withAddresses(backend: Backend, resolve: Resolve): Backend {
  const endpoints = backend.endpoints.flatMap(({ address, port }) =>
    resolve(address).map((each) => ({ address: each, port })),
  );
  return { ...backend, endpoints };
}

/** Why a canary takes a request; undefined when it does not (balancer.lua `route_to_alternative_balancer`). */
function canaryReason(canary: BackendBalancer, context: RequestContext): string | undefined {
  if (canary.isAffinitized(context)) return "the session is the canary's";
  const { trafficShaping } = canary.backend;
  const byHeader = headerVerdict(trafficShaping, context);
  if (byHeader !== undefined) return byHeader ? `header ${trafficShaping.header}` : undefined;
  const cookie = trafficShaping.cookie === "" ? undefined : cookieOf(context, trafficShaping.cookie, { anyCase: true });
  if (cookie === "always") return `cookie ${trafficShaping.cookie}`;
  if (cookie === "never") return undefined;
  const total = Math.max(100, trafficShaping.weightTotal);
  const drawn = Math.floor(context.random() * total) + 1;
  return drawn <= trafficShaping.weight ? `weight ${trafficShaping.weight} of ${total}` : undefined;
}

/** Whether the header sends a request to the canary or keeps it away; undefined when it says neither. */
function headerVerdict(
  { header, headerValue, headerPattern }: Backend["trafficShaping"],
  context: RequestContext,
): boolean | undefined {
  const value = header === "" ? undefined : headerByVariable(context, header.replaceAll("-", "_"));
  if (value === undefined) return undefined;
  if (headerValue !== "") return value === headerValue ? true : undefined;
  if (headerPattern !== "") {
    const compiled = compilePcre(headerPattern);
    if (compiled === undefined) return false;
    return new RegExp(compiled.source).test(value) ? true : undefined;
  }
  if (value === "always") return true;
  return value === "never" ? false : undefined;
}
