import { compilePcre } from "../conf/pcre.ts";
import type { Backend, Configuration } from "../model/configuration.ts";
import { BackendBalancer } from "./backend-balancer.ts";
import { type CanaryReason, canaryStep } from "./explain/phase-steps.ts";
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
    context.steps.push(canaryStep(name, alternative.backend, reason));
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
function canaryReason(canary: BackendBalancer, context: RequestContext): CanaryReason | undefined {
  if (canary.isAffinitized(context)) return { text: "its session's cookie", annotations: ["affinity"] };
  const { trafficShaping } = canary.backend;
  const { cookie, weight } = trafficShaping;
  const byHeader = headerVerdict(trafficShaping, context);
  if (byHeader !== undefined) return byHeader.isTaken ? byHeader : undefined;
  const said = cookie === "" ? undefined : cookieOf(context, cookie, { anyCase: true });
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
    const compiled = compilePcre(headerPattern);
    if (compiled === undefined) return by("canary-by-header-pattern", false);
    return new RegExp(compiled.source).test(value) ? by("canary-by-header-pattern", true) : undefined;
  }
  if (value === "always") return by("canary-by-header", true);
  return value === "never" ? by("canary-by-header", false) : undefined;
}
