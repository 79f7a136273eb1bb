import { type FieldError, forbidden, invalid, invalidEach, notSupported, required } from "./field-error.ts";
import { legacyAddress, sloppyAddress } from "./ip-text.ts";
import { dnsSubdomain } from "./names.ts";

/** Where a load balancer is reached. */
interface Ingress {
  readonly ip?: string;
  readonly hostname?: string;
  readonly ipMode?: string;
}

export interface LoadBalancerStatus {
  readonly ingress?: readonly Ingress[];
}

const path = "status.loadBalancer.ingress";

/** Of a Service (pkg/apis/core/validation, ValidateLoadBalancerStatus). */
export function serviceBalancerErrors(
  now: LoadBalancerStatus | undefined,
  before: LoadBalancerStatus | undefined,
  type: string | undefined,
): FieldError[] {
  const ingress = now?.ingress ?? [];
  if (type !== "LoadBalancer" && ingress.length > 0) {
    return [forbidden(path, "may only be used when `spec.type` is 'LoadBalancer'")];
  }
  const known = addressesOf(before);
  return ingress.flatMap((one, i) => {
    const at = `${path}[${i}]`;
    return [...addressErrors(one, at, known), ...modeErrors(one, `${at}.ipMode`), ...hostNameErrors(one, at)];
  });
}

/** Of an Ingress (pkg/apis/networking/validation, ValidateIngressLoadBalancerStatus). */
export function ingressBalancerErrors(
  now: LoadBalancerStatus | undefined,
  before: LoadBalancerStatus | undefined,
): FieldError[] {
  const known = addressesOf(before);
  return (now?.ingress ?? []).flatMap((one, i) => {
    const at = `${path}[${i}]`;
    return [...addressErrors(one, at, known), ...hostNameErrors(one, at)];
  });
}

/** What was taken before may stay. */
function addressesOf(status: LoadBalancerStatus | undefined): string[] {
  return (status?.ingress ?? []).flatMap(({ ip }) => (ip ? [ip] : []));
}

function addressErrors({ ip }: Ingress, at: string, known: readonly string[]): FieldError[] {
  return ip ? legacyAddress(`${at}.ip`, ip, known) : [];
}

function modeErrors({ ip, ipMode }: Ingress, field: string): FieldError[] {
  if (ipMode === undefined) return ip ? [required(field, "must be specified when `ip` is set")] : [];
  if (!ip) return [forbidden(field, "may not be specified when `ip` is not set")];
  return ["Proxy", "VIP"].includes(ipMode) ? [] : [notSupported(field, ipMode, ["Proxy", "VIP"])];
}

function hostNameErrors({ hostname }: Ingress, at: string): FieldError[] {
  if (!hostname) return [];
  const field = `${at}.hostname`;
  const errors = invalidEach(field, hostname, dnsSubdomain(hostname));
  if (sloppyAddress(hostname) === undefined) return errors;
  return [...errors, invalid(field, hostname, "must be a DNS name, not an IP address")];
}
