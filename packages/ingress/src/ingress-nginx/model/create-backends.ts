import { quoted } from "../../controller-log.ts";
import { type Backend, defaultBackendName, type Endpoint } from "./configuration.ts";
import type { BackendDraft } from "./drafts.ts";
import { type BackendUse, namespaceOf, portText } from "./ingress-uses.ts";
import { noAffinity } from "./keep-affinity.ts";
import { defaultEndpoint, type ModelSource } from "./model-source.ts";
import type { PlacedLog } from "./placed-log.ts";
import { endpointsOfSlices, keyOf, noSuchObject, serviceEndpoints } from "./service-endpoints.ts";

/**
 * The backend of a name, of all places that name it (internal/ingress/controller/controller.go `createUpstreams`). The first
 * Ingress to name one says how it balances; a default backend of an Ingress is made anew each time.
 */
export function createBackend(
  source: ModelSource,
  name: string,
  uses: readonly BackendUse[],
  log: PlacedLog,
): Backend | undefined {
  let backend = name === defaultBackendName ? globalDefaultBackend(source) : undefined;
  for (const use of uses) {
    if (use.path !== undefined && backend !== undefined) continue;
    log.at(use);
    backend = backendOf(source, use);
  }
  return backend;
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
    sessionAffinity: noAffinity,
    noServer: false,
    trafficShaping: { weight: 0, weightTotal: 0, header: "", headerValue: "", headerPattern: "", cookie: "" },
    alternativeBackends: [],
  };
}

function globalDefaultBackend(source: ModelSource): BackendDraft {
  const backend = emptyBackend(defaultBackendName);
  backend.endpoints = [defaultEndpoint(source.ports)];
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
  backend.isExternalName = service.spec.type === "ExternalName";
  if (endpoints.length > 0) backend.endpoints = endpoints;
  else source.log.warn("controller.go:625", `Service ${quoted(key)} does not have any active Endpoint`);
  return backend;
}

function backendOf(source: ModelSource, use: BackendUse): BackendDraft {
  const { parsed, name, service, path } = use;
  const { annotations } = parsed;
  const backend = emptyBackend(name);
  const key = `${namespaceOf(parsed)}/${service.name}`;
  if (path !== undefined) backend.port = portText(service);
  backend.upstreamHashBy = annotations.upstreamHashBy;
  backend.loadBalance = annotations.loadBalance || source.settings.loadBalance;
  if (annotations.serviceUpstream) backend.endpoints = clusterEndpoint(source, key, use);
  if (annotations.canary.enabled) {
    const { enabled: _, ...trafficShaping } = annotations.canary;
    backend.noServer = true;
    backend.trafficShaping = trafficShaping;
    backend.canaryIngress = parsed.ingress;
  }
  if (backend.endpoints.length === 0) {
    const endpoints = serviceEndpoints(source, key, portText(service));
    if (endpoints === undefined) warnOfMissing(source, key, use);
    else backend.endpoints = endpoints;
  }
  const found = source.serviceOf(key);
  if (found !== undefined) {
    backend.service = keyOf(found);
    backend.isExternalName = found.spec.type === "ExternalName";
  }
  return backend;
}

function warnOfMissing({ log }: ModelSource, key: string, { name, path }: BackendUse): void {
  if (path !== undefined) {
    log.warn("controller.go:1135", `Error obtaining Endpoints for Service ${quoted(key)}: ${noSuchObject(key)}`);
    return;
  }
  log.warn("controller.go:1071", `Error creating upstream ${quoted(name)}: ${noSuchObject(key)}`);
  log.warn("controller.go:1077", `Error obtaining Service ${quoted(key)}: ${noSuchObject(key)}`);
}

/** `service-upstream`: the cluster IP in the place of endpoints (`getServiceClusterEndpoint`). */
function clusterEndpoint(source: ModelSource, key: string, { service, path }: BackendUse): readonly Endpoint[] {
  const found = source.serviceOf(key);
  const fail = (why: string): readonly Endpoint[] => {
    const text = `Failed to determine a suitable ClusterIP Endpoint for Service ${quoted(key)}: ${why}`;
    source.log.error(path !== undefined ? "controller.go:1119" : "controller.go:1054", text);
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
