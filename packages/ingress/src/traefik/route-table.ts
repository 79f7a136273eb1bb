import { PatternSyntaxError } from "@kubenetsim/core/pattern/pattern-syntax-error";
import type { ControllerLog } from "../controller-log.ts";
import type { Router } from "./dynamic-configuration.ts";
import { pathTest, ruleHosts, rulePriority } from "./rule.ts";

/** A router in its place among those of an entry point. */
export interface Route {
  readonly router: Router;
  readonly priority: number;
  /** How many are asked before it. */
  readonly rank: number;
  /** How many have the same priority; among them chance decides who is asked first. */
  readonly equals: number;
  takes(routingPath: string): boolean;
}

/**
 * The routers of an entry point, for connections with TLS or without, by falling priority (pkg/muxer/http/mux.go). Traefik asks one
 * after the other; here only those of a request's host are looked at, in the same order.
 */
export class RouteTable {
  readonly #byHost = new Map<string, Route[]>();
  /** How many there are. */
  readonly size: number;

  /** @param routers in an order of chance: Traefik keeps them in a map, and sorts them by priority alone */
  constructor(routers: readonly Router[], log: ControllerLog) {
    const ranked = routers
      .flatMap((router) => candidateOf(router, log))
      .sort((left, right) => right.priority - left.priority);
    const counts = new Map<number, number>();
    for (const { priority } of ranked) counts.set(priority, (counts.get(priority) ?? 0) + 1);
    this.size = ranked.length;
    for (const [rank, candidate] of ranked.entries()) {
      const { host } = candidate.router.parts;
      const routes = this.#byHost.get(host.toLowerCase()) ?? [];
      routes.push({ ...candidate, rank, equals: counts.get(candidate.priority)! });
      this.#byHost.set(host.toLowerCase(), routes);
    }
  }

  /** The router that takes a request. @param host as `canonicalHost` gives it */
  find(host: string, routingPath: string): Route | undefined {
    let best = earlier(undefined, this.#byHost.get(""), routingPath);
    for (const name of ruleHosts(host)) best = earlier(best, this.#byHost.get(name), routingPath);
    return best;
  }

  /** Whether another router of the same priority takes the same request, so that chance decides. */
  isChance(route: Route, host: string, routingPath: string): boolean {
    if (route.equals === 1) return false;
    if (hasRival(route, this.#byHost.get(""), routingPath)) return true;
    return ruleHosts(host).some((name) => hasRival(route, this.#byHost.get(name), routingPath));
  }
}

/** The one that is asked first, of that found so far and those of a host. */
function earlier(best: Route | undefined, routes: readonly Route[] = [], routingPath: string): Route | undefined {
  for (const route of routes) {
    if (best !== undefined && route.rank > best.rank) return best;
    if (route.takes(routingPath)) return route;
  }
  return best;
}

function hasRival(of: Route, routes: readonly Route[] = [], routingPath: string): boolean {
  for (const route of routes) {
    if (route.priority < of.priority) return false;
    if (route !== of && route.priority === of.priority && route.takes(routingPath)) return true;
  }
  return false;
}

function candidateOf(
  router: Router,
  log: ControllerLog,
): { router: Router; priority: number; takes: Route["takes"] }[] {
  if (router.isDisabled) return [];
  const problem = (text: string): [] => {
    log.error("router.go", `Router ${router.name}: error while parsing rule ${router.rule}: ${text}`);
    return [];
  };
  if (router.rule === "") return problem("expected operand, found 'EOF'");
  try {
    const priority = router.priority === 0 ? rulePriority(router.rule) : router.priority;
    return [{ router, priority, takes: pathTest(router.parts) }];
  } catch (error) {
    if (error instanceof PatternSyntaxError) return problem(error.message);
    throw error;
  }
}
