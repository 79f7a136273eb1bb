import type { Selector } from "@kubenetsim/core/model/label-selector";
import { parseSelector } from "@kubenetsim/core/model/selector-text";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { annotationsPrefix } from "../annotations/annotation-reader.ts";
import { type ListenPorts, usualPorts } from "../listen-ports.ts";
import { type ClassOptions, defaultClassOptions } from "../store/ingress-class.ts";
import { type FlagTable, isTrue, readFlags } from "./pflag.ts";

/** What the controller's flags ask for (pkg/flags/flags.go), as far as it decides something here. Keys are namespace/name. */
export interface ControllerFlags extends ClassOptions {
  readonly configMap: string | undefined;
  readonly tcpServicesConfigMap: string | undefined;
  readonly udpServicesConfigMap: string | undefined;
  readonly defaultBackendService: string | undefined;
  readonly defaultSslCertificate: string | undefined;
  /** Empty for all. */
  readonly watchNamespace: string;
  readonly watchNamespaceSelector: Selector | undefined;
  readonly disableCatchAll: boolean;
  readonly annotationsPrefix: string;
  readonly ports: ListenPorts;
  readonly enableSslPassthrough: boolean;
  /** Syncs in a second. */
  readonly syncRateLimit: number;
  readonly publishService: string | undefined;
  readonly publishStatusAddress: string | undefined;
  readonly reportNodeInternalIp: boolean;
  /** Whether it writes the status of Ingresses at all: never without election of a leader. */
  readonly updateStatus: boolean;
  readonly updateStatusOnShutdown: boolean;
  readonly electionId: string;
  readonly disableSyncEvents: boolean;
  /** Flags that were given and would change something that is not modelled. */
  readonly unmodelled: readonly string[];
}

/** Flags that decide nothing here: what they serve, log, measure or check is outside of the model. */
const withoutEffect: FlagTable = {
  "apiserver-host": "string",
  "certificate-authority": "string",
  kubeconfig: "string",
  "sync-period": "duration",
  profiling: "bool",
  "health-check-path": "string",
  "health-check-timeout": "int",
  "election-ttl": "duration",
  version: "bool",
  "enable-metrics": "bool",
  "metrics-per-host": "bool",
  "metrics-per-undefined-host": "bool",
  "report-status-classes": "bool",
  "time-buckets": "list",
  "length-buckets": "list",
  "size-buckets": "list",
  "bucket-factor": "float64",
  "max-buckets": "uint32",
  "exclude-socket-metrics": "list",
  "monitor-max-batch-size": "int",
  "healthz-host": "string",
  "validating-webhook": "string",
  "validating-webhook-certificate": "string",
  "validating-webhook-key": "string",
  "disable-full-test": "bool",
  "internal-logger-address": "string",
  "profiler-address": "ip",
  "shutdown-grace-period": "int",
  "post-shutdown-grace-period": "int",
  "dynamic-configuration-retries": "int",
  "status-update-interval": "int",
  "maxmind-mirror": "string",
  "maxmind-license-key": "string",
  "maxmind-edition-ids": "string",
  "maxmind-retries-count": "int",
  "maxmind-retries-timeout": "duration",
  // klog's own.
  add_dir_header: "bool",
  alsologtostderr: "bool",
  log_backtrace_at: "string",
  log_dir: "string",
  log_file: "string",
  log_file_max_size: "int",
  logtostderr: "bool",
  one_output: "bool",
  skip_headers: "bool",
  skip_log_headers: "bool",
  stderrthreshold: "string",
  v: "string",
  vmodule: "string",
};

/** Flags that decide something that is not modelled, unless they say what holds anyway. */
const unmodelledUnless: Readonly<Record<string, string>> = {
  "enable-ssl-chain-completion": "false",
  "enable-annotation-validation": "true",
  "disable-svc-external-name": "false",
  "enable-topology-aware-routing": "false",
  "deep-inspect": "true",
};

const portFlags: Readonly<Record<keyof ListenPorts, string>> = {
  http: "http-port",
  https: "https-port",
  sslProxy: "ssl-passthrough-proxy-port",
  default: "default-server-port",
  health: "healthz-port",
  profiler: "profiler-port",
  status: "status-port",
  stream: "stream-port",
};

const modelled: FlagTable = {
  "default-backend-service": "string",
  "ingress-class": "string",
  "controller-class": "string",
  "watch-ingress-without-class": "bool",
  "ingress-class-by-name": "bool",
  configmap: "string",
  "publish-service": "string",
  "tcp-services-configmap": "string",
  "udp-services-configmap": "string",
  "watch-namespace": "string",
  "watch-namespace-selector": "string",
  "default-ssl-certificate": "string",
  "update-status": "bool",
  "election-id": "string",
  "update-status-on-shutdown": "bool",
  "report-node-internal-ip-address": "bool",
  "enable-ssl-passthrough": "bool",
  "disable-leader-election": "bool",
  "annotations-prefix": "string",
  "sync-rate-limit": "float32",
  "publish-status-address": "string",
  ...Object.fromEntries(Object.values(portFlags).map((name) => [name, "int"] as const)),
  "disable-catch-all": "bool",
  "disable-sync-events": "bool",
};

const flagTable: FlagTable = {
  ...withoutEffect,
  ...modelled,
  "enable-ssl-chain-completion": "bool",
  "enable-annotation-validation": "bool",
  "disable-svc-external-name": "bool",
  "enable-topology-aware-routing": "bool",
  "deep-inspect": "bool",
};

/**
 * Reads the command line of a controller. The words before the flags, such as the program's own name, are passed over.
 *
 * @throws ParseError where the program would end at once
 */
export function readControllerFlags(words: readonly string[]): ControllerFlags {
  const given = readFlags(words, flagTable);
  const text = (name: string): string | undefined => given.get(name) || undefined;
  const bool = (name: string, usual: boolean): boolean => isTrue(given.get(name) ?? String(usual));
  refuseTogether(given, "publish-service", "publish-status-address");
  refuseTogether(given, "watch-namespace", "watch-namespace-selector");
  const selector = text("watch-namespace-selector");
  return {
    controllerClass: given.get("controller-class") ?? defaultClassOptions.controllerClass,
    ingressClass: given.get("ingress-class") ?? defaultClassOptions.ingressClass,
    watchIngressWithoutClass: bool("watch-ingress-without-class", false),
    ingressClassByName: bool("ingress-class-by-name", false),
    configMap: text("configmap"),
    tcpServicesConfigMap: text("tcp-services-configmap"),
    udpServicesConfigMap: text("udp-services-configmap"),
    defaultBackendService: text("default-backend-service"),
    defaultSslCertificate: text("default-ssl-certificate"),
    watchNamespace: given.get("watch-namespace") ?? "",
    watchNamespaceSelector: selector === undefined ? undefined : readSelector(selector),
    disableCatchAll: bool("disable-catch-all", false),
    annotationsPrefix: given.get("annotations-prefix") ?? annotationsPrefix,
    ports: portsOf(given),
    enableSslPassthrough: bool("enable-ssl-passthrough", false),
    syncRateLimit: Number(given.get("sync-rate-limit") ?? 0.3),
    publishService: text("publish-service"),
    publishStatusAddress: text("publish-status-address"),
    reportNodeInternalIp: bool("report-node-internal-ip-address", false),
    updateStatus: bool("update-status", true) && !bool("disable-leader-election", false),
    updateStatusOnShutdown: bool("update-status-on-shutdown", true),
    electionId: given.get("election-id") ?? "ingress-controller-leader",
    disableSyncEvents: bool("disable-sync-events", false),
    unmodelled: unmodelledOf(given),
  };
}

function portsOf(given: ReadonlyMap<string, string>): ListenPorts {
  const entries = Object.entries(portFlags).map(([port, flag]) => [
    port,
    Number(given.get(flag) ?? usualPorts[port as keyof ListenPorts]),
  ]);
  return Object.fromEntries(entries) as ListenPorts;
}

function refuseTogether(given: ReadonlyMap<string, string>, one: string, other: string): void {
  if (!given.get(one) || !given.get(other)) return;
  throw new ParseError(`flags --${one} and --${other} are mutually exclusive`);
}

function readSelector(text: string): Selector {
  try {
    return parseSelector(text);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw new ParseError(`failed to parse --watch-namespace-selector=${text}, error: ${error.message}`);
  }
}

function unmodelledOf(given: ReadonlyMap<string, string>): string[] {
  return Object.entries(unmodelledUnless).flatMap(([name, usual]) => {
    const value = given.get(name);
    if (value === undefined) return [];
    const isUsual = flagTable[name] === "bool" ? isTrue(value) === isTrue(usual) : Number(value) === Number(usual);
    return isUsual ? [] : [`--${name}=${value}`];
  });
}
