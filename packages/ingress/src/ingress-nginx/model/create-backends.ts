import type { IngressBackend } from "@kubenetsim/core/model/ingress";
import { quoted } from "../../controller-log.ts";
import { noCookie } from "../annotations/session-affinity.ts";
import { defaultBackendName, type Endpoint } from "./configuration.ts";
import type { BackendDraft, BackendDrafts } from "./drafts.ts";
import { defaultEndpoint, type ModelSource, type ParsedIngress } from "./model-source.ts";
import { endpointsOfSlices, keyOf, noSuchObject, serviceEndpoints } from "./service-endpoints.ts";

type ServiceBackend = NonNullable<IngressBackend["service"]>;

/**
 * A backend for each Service and port that an Ingress names (internal/ingress/controller/controller.go `createUpstreams`). The
 * first Ingress to name one says how it balances; a default backend of an Ingress is made anew each time.
 */
export function createBackends(source: ModelSource): BackendDrafts {
  const backends: BackendDrafts = new Map([[defaultBackendName, globalDefaultBackend(source)]]);
  for (const parsed of source.ingresses) {
    const { defaultBackend, rules = [] } = parsed.ingress.spec;
    if (defaultBackend?.service !== undefined) {
      const backend = createBackend(source, parsed, defaultBackend.service, "defaultBackend");
      backends.set(backend.name, backend);
    }
    for (const { http } of rules) {
      for (const { backend } of http?.paths ?? []) {
        if (backend.service === undefined) continue;
        const name = backendName(namespaceOf(parsed), backend.service);
        if (!backends.has(name)) backends.set(name, createBackend(source, parsed, backend.service, "path"));
      }
    }
  }
  return backends;
}

/** `upstreamName`: namespace, Service and its port as the Ingress writes it. */
export function backendName(namespace: string, service: ServiceBackend): string {
  const port = portText(service);
  return port === "" ? `${namespace}-INVALID` : `${namespace}-${service.name}-${port}`;
}

function portText({ port }: ServiceBackend): string {
  return (port?.number ?? 0) > 0 ? String(port!.number) : (port?.name ?? "");
}

export function namespaceOf({ ingress }: ParsedIngress): string {
  return ingress.metadata.namespace ?? "";
}

/** `newUpstream`. */
function emptyBackend(name: string): BackendDraft {
  return {
    name,
    service: "",
    isExternalName: false,
    port: "",
    endpoints: [],
    upstreamHashBy: { expression: "", subset: false, subsetSize: 0 },
    loadBalance: "",
    sessionAffinity: { type: "", mode: "", cookie: noCookie, locations: {} },
    noServer: false,
    trafficShaping: { weight: 0, weightTotal: 0, header: "", headerValue: "", headerPattern: "", cookie: "" },
    alternativeBackends: [],
  };
}

function globalDefaultBackend(source: ModelSource): BackendDraft {
  const backend = emptyBackend(defaultBackendName);
  backend.endpoints = [defaultEndpoint];
  const key = source.defaultBackendService;
  if (key === undefined) return backend;
  const service = source.serviceOf(key);
  if (service === undefined) {
    source.log.warn("controller.go:613", `Error getting default backend ${quoted(key)}: ${noSuchObject(key)}`);
    return backend;
  }
  const port = service.spec.ports?.[0];
  const endpoints = port === undefined ? [] : endpointsOfSlices(source, service, port);
  backend.service = key;
  if (endpoints.length > 0) backend.endpoints = endpoints;
  else source.log.warn("controller.go:625", `Service ${quoted(key)} does not have any active Endpoint`);
  return backend;
}

function createBackend(
  source: ModelSource,
  parsed: ParsedIngress,
  service: ServiceBackend,
  use: "defaultBackend" | "path",
): BackendDraft {
  const { annotations } = parsed;
  const backend = emptyBackend(backendName(namespaceOf(parsed), service));
  const key = `${namespaceOf(parsed)}/${service.name}`;
  if (use === "path") backend.port = portText(service);
  backend.upstreamHashBy = annotations.upstreamHashBy;
  backend.loadBalance = annotations.loadBalance || source.settings.loadBalance;
  if (annotations.serviceUpstream) backend.endpoints = clusterEndpoint(source, key, service, use);
  if (annotations.canary.enabled) {
    const { enabled: _, ...trafficShaping } = annotations.canary;
    backend.noServer = true;
    backend.trafficShaping = trafficShaping;
  }
  if (backend.endpoints.length === 0) {
    const endpoints = serviceEndpoints(source, key, portText(service));
    if (endpoints === undefined) warnOfMissing(source, backend.name, key, use);
    else backend.endpoints = endpoints;
  }
  const found = source.serviceOf(key);
  if (found !== undefined) {
    backend.service = keyOf(found);
    backend.isExternalName = found.spec.type === "ExternalName";
  }
  return backend;
}

function warnOfMissing({ log }: ModelSource, name: string, key: string, use: "defaultBackend" | "path"): void {
  if (use === "path") {
    log.warn("controller.go:1135", `Error obtaining Endpoints for Service ${quoted(key)}: ${noSuchObject(key)}`);
    return;
  }
  log.warn("controller.go:1071", `Error creating upstream ${quoted(name)}: ${noSuchObject(key)}`);
  log.warn("controller.go:1077", `Error obtaining Service ${quoted(key)}: ${noSuchObject(key)}`);
}

/** `service-upstream`: the cluster IP in the place of endpoints (`getServiceClusterEndpoint`). */
function clusterEndpoint(
  source: ModelSource,
  key: string,
  service: ServiceBackend,
  use: "defaultBackend" | "path",
): readonly Endpoint[] {
  const found = source.serviceOf(key);
  const fail = (why: string): readonly Endpoint[] => {
    const text = `Failed to determine a suitable ClusterIP Endpoint for Service ${quoted(key)}: ${why}`;
    source.log.error(use === "path" ? "controller.go:1119" : "controller.go:1054", text);
    return [];
  };
  if (found === undefined) return fail(`service ${quoted(key)} does not exist`);
  const { clusterIP = "", ports = [] } = found.spec;
  if (clusterIP === "" || clusterIP === "None") return fail(`no ClusterIP found for Service ${quoted(key)}`);
  const { number = 0, name = "" } = service.port ?? {};
  const port = number > 0 ? number : ports.find((each) => each.name === name)?.port;
  if (port === undefined) return fail(`service ${quoted(service.name)} does not have a port named ${quoted(name)}`);
  return [{ address: clusterIP, port }];
}
