import type { Ingress } from "@kubenetsim/core/model/ingress";
import type { Backend, Location, Server } from "../../model/configuration.ts";
import type { UpstreamTry } from "../upstream-try.ts";
import { annotationOrigin, titleOf, tlsOrigin } from "./ingress-origin.ts";
import { ToldStep } from "./told-step.ts";

/** A step of a phase that an annotation of the location's Ingress asks for, by the first of these names that it has. */
export function annotatedStep(
  phase: string,
  { ingress }: Pick<Location, "ingress">,
  annotations: readonly string[],
  text: string,
): ToldStep {
  return new ToldStep(phase, () => ({ text, origin: annotationOrigin(ingress, ...annotations) }));
}

/** The redirect to https, and why. */
export function httpsStep(code: number, host: string, location: Location, server: Server): ToldStep {
  return new ToldStep("rewrite", () => {
    const { ingress, annotations } = location;
    const text = `${code}: to https, because `;
    if (annotations.rewrite.forceSslRedirect) {
      const origin = annotationOrigin(ingress, "force-ssl-redirect");
      return { text: `${text}force-ssl-redirect is on`, origin };
    }
    const certified = server.locations.map((each) => each.ingress).find((each) => tlsOrigin(each) !== undefined);
    return { text: `${text}a certificate exists for the host ${host}`, origin: tlsOrigin(certified) };
  });
}

/** A backend without endpoints. */
export function emptyStep({ backend, service, ingress }: Location): ToldStep {
  return new ToldStep("rewrite", () => {
    const of = service === "" ? "" : ` (Service ${service})`;
    return {
      text: `503: backend ${backend}${of} has no endpoint that is ready`,
      origin: serviceOrigin(ingress, service),
    };
  });
}

function serviceOrigin(ingress: Ingress | undefined, service: string): { object: string; reason: string } | undefined {
  if (ingress === undefined || service === "") return undefined;
  return { object: `Service ${service}`, reason: `asked for by ${titleOf(ingress)}` };
}

/** A canary that takes a request from its primary. */
export function canaryStep(name: string, { name: canary, canaryIngress }: Backend, reason: CanaryReason): ToldStep {
  return new ToldStep("balancer", () => ({
    text: `backend ${canary} in the place of ${name}: canary by ${reason.text}`,
    origin: annotationOrigin(canaryIngress, ...reason.annotations),
  }));
}

/** Why a canary takes a request, and the annotations that say so. */
export interface CanaryReason {
  readonly text: string;
  readonly annotations: readonly string[];
}

/** Whom the balancer picked, and what came of it. */
export function upstreamStep(endpoint: string, backend: Backend, { outcome, tookMs }: UpstreamTry): ToldStep {
  return new ToldStep("upstream", () => {
    const result = typeof outcome === "string" ? outcome : String(outcome.status);
    const after = tookMs === 0 ? "" : ` after ${tookMs} ms`;
    const text = `${endpoint} of ${backend.name} by ${balancingOf(backend)}: ${result}${after}`;
    return {
      text,
      origin: backend.service === "" ? undefined : { object: `Service ${backend.service}`, reason: "endpoint" },
    };
  });
}

function balancingOf({ sessionAffinity, upstreamHashBy, loadBalance }: Backend): string {
  if (sessionAffinity.type === "cookie") return `cookie ${sessionAffinity.cookie.name}`;
  if (upstreamHashBy.expression !== "") return `hash of ${upstreamHashBy.expression}`;
  return loadBalance === "" ? "round_robin" : loadBalance;
}
