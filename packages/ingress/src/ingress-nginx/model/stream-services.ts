import type { ConfigMap } from "@kubenetsim/core/model/config-map";
import { type ControllerLog, quoted } from "../../controller-log.ts";
import { parseInteger } from "../annotations/value-checks.ts";
import type { ListenPorts } from "../listen-ports.ts";
import type { Endpoint, StreamService } from "./configuration.ts";
import type { ModelSource } from "./model-source.ts";
import { endpointsOfSlices, noSuchObject } from "./service-endpoints.ts";

type Protocol = StreamService["protocol"];

export interface StreamSource extends Pick<ModelSource, "serviceOf" | "slicesOf"> {
  readonly log: ControllerLog;
  readonly ports: ListenPorts;
  configMapOf(key: string): ConfigMap | undefined;
}

/**
 * The TCP or UDP ports that a ConfigMap, by its key, of `port: namespace/service:port[:PROXY[:PROXY]]` asks for, by number
 * (internal/ingress/controller/controller.go `getStreamServices`). What cannot be served is warned of and left out, also a
 * Service without endpoints.
 */
export function streamServices(
  source: StreamSource,
  key: string | undefined,
  protocol: Protocol,
): readonly StreamService[] {
  if (key === undefined || key === "") return [];
  const warn = (line: number, text: string): void => source.log.warn(`controller.go:${line}`, text);
  if (key.split("/").length !== 2) {
    warn(474, `Error parsing ConfigMap reference ${quoted(key)}: ${notAKey(key)}`);
    return [];
  }
  const configMap = source.configMapOf(key);
  if (configMap === undefined) {
    warn(479, `Error getting ConfigMap ${quoted(key)}: ${noSuchObject(key)}`);
    return [];
  }
  const services = Object.entries(configMap.data ?? {}).flatMap(
    ([port, reference]) => streamService(source, protocol, port, reference, warn) ?? [],
  );
  return services.sort((a, b) => a.port - b.port);
}

function streamService(
  source: StreamSource,
  protocol: Protocol,
  portText: string,
  reference: string,
  warn: (line: number, text: string) => void,
): StreamService | undefined {
  const refuse = (line: number, text: string): undefined => {
    warn(line, text);
    return undefined;
  };
  const port = parseInteger(portText);
  if (port === undefined) return refuse(502, `${quoted(portText)} is not a valid ${protocol} port number`);
  if (Object.values(source.ports).includes(port)) {
    const reserved = `Port ${port} cannot be used for ${protocol} stream services.`;
    return refuse(506, `${reserved} It is reserved for the Ingress controller.`);
  }
  const [service, backendPort, ...proxy] = reference.split(":") as [string, ...string[]];
  if (backendPort === undefined) {
    return refuse(511, `Invalid Service reference ${quoted(reference)} for ${protocol} port ${port}`);
  }
  const isProxy = (word: string | undefined): boolean => protocol === "TCP" && word?.toLowerCase() === "proxy";
  const [namespace, name, ...more] = service.split("/");
  if (name === undefined || more.length > 0) return refuse(529, notAKey(service));
  if (source.serviceOf(service) === undefined) {
    return refuse(534, `Error getting Service ${quoted(service)}: ${noSuchObject(service)}`);
  }
  const endpoints = endpointsOf(source, service, backendPort, protocol);
  if (endpoints.length === 0) {
    const text = `does not have any active Endpoint for ${protocol} port ${backendPort}`;
    return refuse(575, `Service ${quoted(service)} ${text}`);
  }
  return {
    name: `${protocol.toLowerCase()}-${namespace}-${name}-${backendPort}`,
    port,
    protocol,
    service,
    backendPort,
    decodesProxyProtocol: isProxy(proxy[0]),
    encodesProxyProtocol: proxy.length === 2 && isProxy(proxy[1]),
    endpoints,
  };
}

/** Those of the first port of the Service with this number, or else this name, and protocol. */
function endpointsOf(source: StreamSource, key: string, wanted: string, protocol: Protocol): readonly Endpoint[] {
  const service = source.serviceOf(key)!;
  const number = parseInteger(wanted);
  const port = (service.spec.ports ?? []).find((each) => {
    const isNamed = number === undefined ? (each.name ?? "") === wanted : each.port === number;
    return isNamed && (each.protocol ?? "TCP") === protocol;
  });
  return port === undefined ? [] : endpointsOfSlices(source, service, port, protocol);
}

/** internal/k8s `ParseNameNS`. */
function notAKey(text: string): string {
  return `invalid format (namespace/name) found in '${text}'`;
}
