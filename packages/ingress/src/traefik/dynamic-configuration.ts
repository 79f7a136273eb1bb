import type { IngressPath } from "@kubenetsim/core/model/ingress";
import type { Certificate } from "../certificate/certificate.ts";
import type { CookieSettings } from "./annotations.ts";
import type { PathMatcher, RuleParts } from "./rule.ts";

/** One address of a Service. */
export interface Server {
  /** `http://10.244.0.5:8080`: its name in the balancer, too. */
  readonly url: string;
  /** Its Pod is on its way out: only clients with its cookie still go there. */
  readonly fenced: boolean;
}

/** A balancer and what it balances among (pkg/config/dynamic `ServersLoadBalancer`). */
export interface TraefikService {
  /** `shop-web-80`. */
  readonly name: string;
  /** namespace/name of the Service. */
  readonly key: string;
  readonly servers: readonly Server[];
  readonly cookie: CookieSettings | undefined;
  readonly passesHost: boolean;
}

/** A rule, and the Service that its requests go to (pkg/config/dynamic `Router`). */
export interface Router {
  /** `shop-web-a-test-cart`. */
  readonly name: string;
  readonly rule: string;
  readonly parts: RuleParts;
  /** 0 for the rule's own. */
  readonly priority: number;
  /** None for the default ones. */
  readonly entryPoints: readonly string[];
  readonly isTls: boolean;
  readonly service: string;
  /** It needs what is not there, such as a middleware: it takes no requests. */
  readonly isDisabled: boolean;
  /** What it comes of: an Ingress as namespace/name, and a field of it. */
  readonly ingress: string;
  readonly field: readonly (string | number)[];
}

/** What the Kubernetes provider hands over (pkg/provider/kubernetes/ingress/kubernetes.go `loadConfigurationFromIngresses`). */
export interface DynamicConfiguration {
  readonly routers: ReadonlyMap<string, Router>;
  readonly services: ReadonlyMap<string, TraefikService>;
  /** In the order of their Secrets' names. */
  readonly certificates: readonly Certificate[];
}

/** pkg/provider/configuration.go `Normalize`: all but letters and digits is one `-`. */
export function normalName(text: string): string {
  return text
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== "")
    .join("-");
}

/** How a path is matched; the annotation is for paths whose type leaves it to the controller. undefined for a word that Traefik does not know. */
export function pathMatcherOf(
  { path = "", pathType = "ImplementationSpecific" }: IngressPath,
  asked: string,
): PathMatcher | undefined {
  if (pathType === "Exact") return "Path";
  if (pathType !== "ImplementationSpecific" || asked === "" || path === "") return "PathPrefix";
  return asked === "Path" || asked === "PathPrefix" || asked === "PathRegexp" ? asked : undefined;
}
