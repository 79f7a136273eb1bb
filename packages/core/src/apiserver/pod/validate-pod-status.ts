import type { Pod } from "../../model/pod.ts";
import { type FieldError, forbidden, invalid, invalidEach } from "../validate/field-error.ts";
import { legacyAddress, sloppyAddress } from "../validate/ip-text.ts";
import { dnsSubdomain, qualified } from "../validate/names.ts";

/** The fields of a status that are judged and have no use elsewhere. */
interface JudgedStatus {
  readonly nominatedNodeName?: string;
  readonly observedGeneration?: number;
  readonly conditions?: readonly { readonly type?: string; readonly observedGeneration?: number }[];
}

type Addresses = readonly { readonly ip?: string }[];

/** ValidatePodStatusUpdate of pkg/apis/core/validation, but for the states of containers and claims of resources. */
export function validatePodStatus(pod: Pod, before: Pod): FieldError[] {
  const status = (pod.status ?? {}) as JudgedStatus;
  return [
    ...conditionErrors(status),
    ...nominationErrors(status, before),
    ...generationErrors(status.observedGeneration, "status.observedGeneration"),
    ...(pod.status?.qosClass === before.status?.qosClass
      ? []
      : [invalid("status.qosClass", pod.status?.qosClass, "field is immutable")]),
    ...addressErrors(pod.status?.podIPs, before.status?.podIPs, "status.podIPs"),
    ...hostErrors(pod, before),
  ];
}

function generationErrors(generation: number | undefined, field: string): FieldError[] {
  return (generation ?? 0) < 0 ? [invalid(field, generation, "must be a non-negative integer")] : [];
}

/** The API server's own conditions are called what they are. */
const systemConditions: readonly string[] = ["PodScheduled", "Ready", "Initialized"];

function conditionErrors({ conditions = [] }: JudgedStatus): FieldError[] {
  return conditions.flatMap(({ type = "", observedGeneration }, i) => {
    const path = `status.conditions[${i}]`;
    const errors = generationErrors(observedGeneration, `${path}.observedGeneration`);
    return systemConditions.includes(type)
      ? errors
      : [...errors, ...invalidEach(`${path}.Type`, type, qualified(type))];
  });
}

function nominationErrors({ nominatedNodeName }: JudgedStatus, before: Pod): FieldError[] {
  if (!nominatedNodeName || nominatedNodeName === (before.status as JudgedStatus | undefined)?.nominatedNodeName) {
    return [];
  }
  const field = "status.nominatedNodeName";
  const errors = invalidEach(field, nominatedNodeName, dnsSubdomain(nominatedNodeName));
  if (!before.spec.nodeName) return errors;
  return [...errors, forbidden(field, "may not be set on pods that are already bound to a node")];
}

function hostErrors({ status }: Pod, before: Pod): FieldError[] {
  const first = status?.hostIPs?.[0];
  if (first === undefined) return [];
  const errors = addressErrors(status?.hostIPs, before.status?.hostIPs, "status.hostIPs");
  if ((status?.hostIP ?? "") === first.ip) return errors;
  return [invalid("status.hostIPs[0].ip", first.ip ?? "", "must be equal to `hostIP`"), ...errors];
}

/** Two at most, and no more than one of a family; what was taken before may stay. */
function addressErrors(now: Addresses = [], before: Addresses = [], path: string): FieldError[] {
  const known = before.map(({ ip = "" }) => ip);
  const errors = now.flatMap(({ ip = "" }, i) => legacyAddress(`${path}[${i}]`, ip, known));
  if (now.length < 2) return errors;
  const families = now.map(({ ip = "" }) => familyOf(ip));
  const unread = families.indexOf(undefined);
  if (unread >= 0) {
    const detail = `failed to check for dual stack with error:ip[${unread}] is nil`;
    errors.push({ field: path, reason: "InternalError", message: `Internal error: ${detail}` });
  }
  if (unread >= 0 || now.length > 2 || families[0] === families[1]) {
    const shown = now.map(({ ip = "" }) => ({ IP: ip }));
    errors.push(invalid(path, shown, "may specify no more than one IP for each IP family"));
  }
  return errors;
}

function familyOf(ip: string): "IPv4" | "IPv6" | undefined {
  const address = sloppyAddress(ip);
  if (address === undefined) return undefined;
  return address.includes(":") && !address.startsWith("::ffff:") ? "IPv6" : "IPv4";
}
