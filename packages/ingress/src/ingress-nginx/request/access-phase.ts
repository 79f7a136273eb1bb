import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { authOf } from "../global-auth.ts";
import { isInLocationList } from "../location-list.ts";
import type { Location } from "../model/configuration.ts";
import { isInRanges } from "./address-ranges.ts";
import type { LocationSurroundings, PartialAnswer } from "./answer-at-location.ts";
import { isBlockedAddress } from "./block-lists.ts";
import { annotatedStep } from "./explain/phase-steps.ts";
import { askExternalAuth, type Leave, noLeave, signinTarget } from "./external-auth.ts";
import { isKnownUser } from "./password-file.ts";
import type { RequestContext } from "./request-context.ts";
import { variableText } from "./variable-text.ts";

/** Whether a request may go on, and with what. */
export type Access = { readonly leave: Leave } | { readonly refusal: PartialAnswer };

/** One rule of access has nothing to say. */
type RuleOutcome = Access | undefined;
type Rule = (context: RequestContext, location: Location, around: LocationSurroundings) => RuleOutcome;

const sourceRanges = ["denylist-source-range", "whitelist-source-range", "allowlist-source-range"];

/**
 * Rate limits, then the rules of access: source ranges, passwords, the one who is asked. All of them have to agree, or with
 * `satisfy: any` one (src/http/ngx_http_core_module.c `ngx_http_core_access_phase`).
 */
export function accessPhase(context: RequestContext, location: Location, around: LocationSurroundings): Access {
  const { remoteAddress, settings, steps, nowMs } = context;
  const { perSecond, perMinute } = location.annotations.rateLimit;
  const isLimited = perSecond.limit > 0 || perMinute.limit > 0;
  const key = isLimited ? variableText(context, settings.limitConnZoneVariable, "") : "";
  if (!around.limiter.admit(location.annotations.rateLimit, { key, address: remoteAddress }, nowMs)) {
    const text = `${settings.limitReqStatusCode}: too many requests of ${remoteAddress}`;
    steps.push(annotatedStep("access", location, ["limit-rps", "limit-rpm"], text));
    return { refusal: { status: settings.limitReqStatusCode } };
  }
  const rules = isInLocationList(settings, "noAuthLocations", location.path) ? openRules : allRules;
  const isAnyEnough = location.annotations.satisfy === "any";
  let refusal: PartialAnswer | undefined;
  let leave = noLeave;
  for (const rule of rules) {
    const outcome = rule(context, location, around);
    if (outcome === undefined) continue;
    if ("leave" in outcome) {
      leave = outcome.leave;
      if (isAnyEnough) return outcome;
    } else {
      const { status } = outcome.refusal;
      if (!isAnyEnough || ![401, 403, 302].includes(status)) return outcome;
      if (refusal?.status !== 401) refusal = outcome.refusal;
    }
  }
  if (refusal !== undefined) return { refusal };
  return leave === noLeave ? freeAccess : { leave };
}

function bySource(context: RequestContext, location: Location): RuleOutcome {
  const { remoteAddress, steps } = context;
  const { allowlist, denylist } = location.annotations;
  if (allowlist.length === 0 && denylist.length === 0) {
    if (!isBlockedAddress(context)) return undefined;
    steps.push({ phase: "access", text: `403: ${remoteAddress} is one of block-cidrs` });
    return { refusal: { status: 403 } };
  }
  if (isInRanges(denylist, remoteAddress) || (allowlist.length > 0 && !isInRanges(allowlist, remoteAddress))) {
    steps.push(annotatedStep("access", location, sourceRanges, `403: ${remoteAddress} is not allowed`));
    return { refusal: { status: 403 } };
  }
  return allowlist.length > 0 ? { leave: noLeave } : undefined;
}

function byPassword(context: RequestContext, location: Location): RuleOutcome {
  const { basicAuth } = location.annotations;
  if (basicAuth === undefined) return undefined;
  if (basicAuth.type !== "basic") throw new UnsupportedError("digest authentication", "auth-type");
  const { authorization } = context.headers;
  if (isKnownUser(authorization, basicAuth.users)) return { leave: noLeave };
  const problem = authorization === undefined ? "no user and password" : "not a user with this password";
  context.steps.push(annotatedStep("access", location, ["auth-type", "auth-secret"], `401: ${problem}`));
  const externalAuth = authOf(location, context.settings);
  if (externalAuth !== undefined && externalAuth.signinUrl !== "") {
    return { refusal: { status: 302, headers: { location: signinTarget(context, externalAuth) } } };
  }
  return { refusal: { status: 401, headers: { "www-authenticate": `Basic realm="${basicAuth.realm}"` } } };
}

function byExternalAuth(context: RequestContext, location: Location, around: LocationSurroundings): RuleOutcome {
  const externalAuth = authOf(location, context.settings);
  return externalAuth === undefined ? undefined : askExternalAuth(context, location, externalAuth, around);
}

const freeAccess: Access = { leave: noLeave };
const openRules: readonly Rule[] = [bySource];
const allRules: readonly Rule[] = [bySource, byPassword, byExternalAuth];
