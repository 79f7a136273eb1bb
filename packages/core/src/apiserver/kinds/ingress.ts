import {
  defaultClassAnnotation,
  type Ingress,
  type IngressBackend,
  type IngressPath,
  type IngressSpec,
  ingressClassAnnotation,
} from "../../model/ingress.ts";
import { parseAddress } from "../../net/address.ts";
import type { ClusterState } from "../cluster-state.ts";
import type { Draft } from "../draft.ts";
import { compareText } from "../table/sorted-unique.ts";
import { type FieldError, invalid, notSupported, required } from "../validate/field-error.ts";
import { ingressBalancerErrors } from "../validate/load-balancer-status.ts";
import { dnsLabel, dnsSubdomain, portName, portNumber, wildcardSubdomain } from "../validate/names.ts";
import type { KindRules } from "./rules.ts";
import { typedReferenceErrors } from "./typed-reference.ts";

/** pkg/apis/networking/validation/validation.go, and the admission plug-in DefaultIngressClass. */
export const ingressRules: KindRules<Ingress> = {
  checkName: dnsSubdomain,
  setDefaults: (ingress) => {
    ingress.spec ??= {};
    ingress.status ??= {};
    ingress.status.loadBalancer ??= {};
  },
  prepare: (state, ingress, before) => {
    if (before === undefined) takeDefaultClass(state, ingress);
  },
  validate: (ingress, before) => [...specErrors(ingress.spec), ...(before === undefined ? classErrors(ingress) : [])],
  validateStatus: ({ status }, before) => ingressBalancerErrors(status?.loadBalancer, before.status?.loadBalancer),
  warnings: ({ metadata, spec }, before) =>
    before !== undefined ||
    metadata.annotations?.[ingressClassAnnotation] === undefined ||
    spec.ingressClassName !== undefined
      ? []
      : [
          {
            message: `annotation "${ingressClassAnnotation}" is deprecated, please use 'spec.ingressClassName' instead`,
            field: "metadata.annotations",
          },
        ],
};

function takeDefaultClass(state: ClusterState, ingress: Draft<Ingress>): void {
  if (ingress.spec.ingressClassName !== undefined) return;
  if (ingress.metadata.annotations?.[ingressClassAnnotation] !== undefined) return;
  const defaults = state.tables.IngressClass.values().filter(
    ({ metadata }) => metadata.annotations?.[defaultClassAnnotation] === "true",
  );
  // The newest counts; of several made in the same second the first by name.
  const newest = defaults.sort(
    (a, b) =>
      compareText(b.metadata.creationTimestamp ?? "", a.metadata.creationTimestamp ?? "") ||
      compareText(a.metadata.name, b.metadata.name),
  )[0];
  if (newest !== undefined) ingress.spec.ingressClassName = newest.metadata.name;
}

function classErrors({ metadata, spec }: Ingress): FieldError[] {
  const annotation = metadata.annotations?.[ingressClassAnnotation];
  if (annotation === undefined || spec.ingressClassName === undefined || annotation === spec.ingressClassName)
    return [];
  const detail = "must match `ingressClassName` when both are specified";
  return [invalid(`annotations.${ingressClassAnnotation}`, annotation, detail)];
}

function specErrors(spec: IngressSpec): FieldError[] {
  const errors: FieldError[] = [];
  const rules = spec.rules ?? [];
  if (rules.length === 0 && spec.defaultBackend === undefined) {
    errors.push(invalid("spec", spec.rules ?? null, "either `defaultBackend` or `rules` must be specified"));
  }
  if (spec.defaultBackend !== undefined) errors.push(...backendErrors(spec.defaultBackend, "spec.defaultBackend"));
  for (const [i, { host = "", http }] of rules.entries()) {
    const path = `spec.rules[${i}]`;
    if (host !== "") errors.push(...hostErrors(host, `${path}.host`));
    if (http === undefined) continue;
    if ((http.paths ?? []).length === 0) errors.push(required(`${path}.http.paths`));
    errors.push(...(http.paths ?? []).flatMap((one, k) => pathErrors(one, `${path}.http.paths[${k}]`)));
  }
  errors.push(...tlsErrors(spec));
  if (spec.ingressClassName !== undefined) {
    const name = spec.ingressClassName;
    errors.push(...dnsSubdomain(name).map((text) => invalid("spec.ingressClassName", name, text)));
  }
  return errors;
}

function hostErrors(host: string, path: string): FieldError[] {
  const isAddress = parseAddress(host) !== undefined;
  const shape = host.includes("*") ? wildcardSubdomain(host) : dnsSubdomain(host);
  return [
    ...(isAddress ? [invalid(path, host, "must be a DNS name, not an IP address")] : []),
    ...shape.map((text) => invalid(path, host, text)),
  ];
}

const pathTypes = ["Exact", "ImplementationSpecific", "Prefix"];

function pathErrors({ path = "", pathType, backend }: IngressPath, at: string): FieldError[] {
  if (pathType === undefined) return [required(`${at}.pathType`, "pathType must be specified")];
  const errors: FieldError[] = [];
  if (!pathTypes.includes(pathType)) errors.push(notSupported(`${at}.pathType`, pathType, pathTypes));
  else if (!path.startsWith("/") && (path !== "" || pathType !== "ImplementationSpecific")) {
    errors.push(invalid(`${at}.path`, path, "must be an absolute path"));
  }
  if (pathType === "Exact" || pathType === "Prefix") {
    for (const part of ["//", "/./", "/../", "%2f", "%2F"]) {
      if (path.includes(part)) errors.push(invalid(`${at}.path`, path, `must not contain '${part}'`));
    }
    for (const end of ["/..", "/."]) {
      if (path.endsWith(end)) errors.push(invalid(`${at}.path`, path, `cannot end with '${end}'`));
    }
  }
  return [...errors, ...backendErrors(backend ?? {}, `${at}.backend`)];
}

function backendErrors({ service, resource }: IngressBackend, path: string): FieldError[] {
  if (service !== undefined && resource !== undefined) {
    return [invalid(path, "", "cannot set both resource and service backends")];
  }
  if (resource !== undefined) return typedReferenceErrors(resource, `${path}.resource`);
  if (service === undefined) return [invalid(path, "", "resource or service backend is required")];
  const { name = "", port = {} } = service;
  const errors = name === "" ? [required(`${path}.service.name`)] : [];
  if (name !== "") errors.push(...dnsLabel(name).map((text) => invalid(`${path}.service.name`, name, text)));
  const hasName = (port.name ?? "") !== "";
  const hasNumber = (port.number ?? 0) !== 0;
  if (hasName && hasNumber) errors.push(invalid(path, "", "cannot set both port name & port number"));
  else if (hasName) {
    errors.push(...portName(port.name!).map((text) => invalid(`${path}.service.port.name`, port.name, text)));
  } else if (hasNumber) {
    errors.push(...portNumber(port.number!).map((text) => invalid(`${path}.service.port.number`, port.number, text)));
  } else errors.push(required(path, "port name or number is required"));
  return errors;
}

function tlsErrors(spec: IngressSpec): FieldError[] {
  return (spec.tls ?? []).flatMap(({ hosts = [], secretName = "" }, i) => {
    const path = `spec.tls[${i}]`;
    const errors = hosts.flatMap((host, k) => {
      const shape = host.includes("*") ? wildcardSubdomain(host) : dnsSubdomain(host);
      return shape.map((text) => invalid(`${path}.hosts[${k}]`, host, text));
    });
    if (secretName === "") return errors;
    return [...errors, ...dnsSubdomain(secretName).map((text) => invalid(`${path}.secretName`, secretName, text))];
  });
}
