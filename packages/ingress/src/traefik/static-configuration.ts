import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { flagIsOn, flagProblem, readFlags } from "./flags.ts";

/** A port that Traefik opens, under a name that routers call it by. It takes HTTP with and without TLS. */
export interface EntryPoint {
  readonly name: string;
  readonly port: number;
  /** Routers that name none are on those that have it; on all where none has it. */
  readonly asDefault: boolean;
  /** `http.tls`: routers are for TLS here. */
  readonly isTls: boolean;
  /** `http.sanitizePath`. */
  readonly cleansPath: boolean;
  /** `forwardedHeaders`: whose X-Forwarded headers stay. */
  readonly trusts: { readonly all: boolean; readonly ranges: readonly string[] };
  /** `http.redirections.entryPoint`. */
  readonly redirection: Redirection | undefined;
}

export interface Redirection {
  /** Name of an entry point, or `:port`. */
  readonly to: string;
  readonly scheme: string;
  readonly isPermanent: boolean;
  readonly priority: number;
}

/** `--providers.kubernetesIngress…` (pkg/provider/kubernetes/ingress/kubernetes.go `Provider`). */
export interface IngressProvider {
  readonly ingressClass: string;
  readonly namespaces: readonly string[];
  readonly allowEmptyServices: boolean;
  readonly allowExternalNameServices: boolean;
  readonly strictPrefixMatching: boolean;
  readonly nativeLbByDefault: boolean;
  /** `ingressEndpoint`; undefined where it writes no status. */
  readonly endpoint: IngressEndpoint | undefined;
}

/** What the status of Ingresses is to say: an address and a name, or those of a Service. */
export interface IngressEndpoint {
  readonly ip: string | undefined;
  readonly hostname: string | undefined;
  /** namespace/name. */
  readonly publishedService: string | undefined;
}

/** What a Traefik is started with (pkg/config/static). */
export interface StaticConfiguration {
  readonly entryPoints: readonly EntryPoint[];
  /** undefined where it watches no Ingresses. */
  readonly provider: IngressProvider | undefined;
  /** Least time between two configurations: `--providers.providersThrottleDuration`. */
  readonly throttleMs: number;
  /** Flags for resources that are none here. */
  readonly unmodelled: readonly string[];
}

/** The entry point for Traefik's own pages. */
export const internalEntryPoint = "traefik";
/** Where a redirection stands unless told: before all that a user can give (pkg/config/static/entrypoints.go). */
export const redirectionPriority: number = Number.MAX_SAFE_INTEGER;

/** What has no part in where requests go. */
const aside =
  /^(?:global|log|accesslog|tracing|metrics|ping|api|core\.stricttlsoptions|serverstransport\.(?:forwardingtimeouts|maxidleconnsperhost))(?:\.|$)|^entrypoints\.[^.]+\.(?:transport|http2|observability|reuseport|http\.maxheaderbytes|udp)(?:\.|$)/;

/** Reads Traefik's arguments. @throws ParseError; UnsupportedError for a flag that would change where requests go */
export function readArguments(args: readonly string[]): StaticConfiguration {
  const flags = readFlags(args);
  const entries = new Map<string, Map<string, string>>();
  const provider = new Map<string, string>();
  let throttleMs = 2000;
  const unmodelled: string[] = [];
  for (const [name, value] of flags) {
    const entry = /^entrypoints\.([^.]+)\.(.+)$/.exec(name);
    if (aside.test(name)) continue;
    if (/^providers\.kubernetes(?:crd|gateway)(?:\.|$)/.test(name)) unmodelled.push(name);
    else if (name === "providers.providersthrottleduration") throttleMs = durationMs(name, value);
    else if (/^providers\.kubernetesingress(?:\.|$)/.test(name))
      provider.set(name.slice("providers.kubernetesingress.".length), value);
    else if (entry === null) throw new UnsupportedError(`Traefik's flag --${name}`, "an ingress controller");
    else entries.set(entry[1]!, (entries.get(entry[1]!) ?? new Map()).set(entry[2]!, value));
  }
  if (entries.size === 0) entries.set("http", new Map([["address", ":80"]]));
  if (
    !entries.has(internalEntryPoint) &&
    [...flags.keys()].some((name) => /^(?:ping|api\.insecure|metrics\.prometheus)/.test(name))
  ) {
    entries.set(internalEntryPoint, new Map([["address", ":8080"]]));
  }
  const isOn = [...provider].some(([name, value]) => name !== "" || flagIsOn("providers.kubernetesingress", value));
  return {
    entryPoints: [...entries].map(([name, options]) => entryPointOf(name, options)),
    provider: isOn ? providerOf(provider) : undefined,
    throttleMs,
    unmodelled,
  };
}

function entryPointOf(name: string, options: ReadonlyMap<string, string>): EntryPoint {
  const address = /^[^/]*:(\d+)(?:\/(\w+))?$/.exec(options.get("address") ?? "");
  if (address === null) throw flagProblem(`entry point ${name}: invalid address ${options.get("address") ?? ""}`);
  if ((address[2] ?? "tcp").toLowerCase() !== "tcp") throw new UnsupportedError("an entry point for UDP", name);
  const isOn = (option: string, otherwise = false): boolean => {
    const value = options.get(option);
    return value === undefined ? otherwise : flagIsOn(`entrypoints.${name}.${option}`, value);
  };
  const unknown = [...options.keys()].find((option) => !entryPointOptions.has(option));
  if (unknown !== undefined)
    throw new UnsupportedError(`Traefik's flag --entrypoints.${name}.${unknown}`, "an ingress controller");
  const to = options.get("http.redirections.entrypoint.to");
  return {
    name,
    port: Number(address[1]),
    asDefault: isOn("asdefault"),
    isTls: isOn("http.tls"),
    cleansPath: isOn("http.sanitizepath", true),
    trusts: {
      all: isOn("forwardedheaders.insecure"),
      ranges: listOf(options.get("forwardedheaders.trustedips")),
    },
    redirection:
      to === undefined
        ? undefined
        : {
            to,
            scheme: options.get("http.redirections.entrypoint.scheme") ?? "https",
            isPermanent: isOn("http.redirections.entrypoint.permanent", true),
            priority: Number(options.get("http.redirections.entrypoint.priority") ?? redirectionPriority),
          },
  };
}

const entryPointOptions: ReadonlySet<string> = new Set([
  "address",
  "asdefault",
  "http.tls",
  "http.sanitizepath",
  "forwardedheaders.insecure",
  "forwardedheaders.trustedips",
  "http.redirections.entrypoint.to",
  "http.redirections.entrypoint.scheme",
  "http.redirections.entrypoint.permanent",
  "http.redirections.entrypoint.priority",
]);

const providerOptions: ReadonlySet<string> = new Set([
  "",
  "ingressclass",
  "namespaces",
  "throttleduration",
  "allowemptyservices",
  "allowexternalnameservices",
  "strictprefixmatching",
  "nativelbbydefault",
  "ingressendpoint.ip",
  "ingressendpoint.hostname",
  "ingressendpoint.publishedservice",
]);

function providerOf(options: ReadonlyMap<string, string>): IngressProvider {
  const unknown = [...options.keys()].find((option) => !providerOptions.has(option));
  if (unknown !== undefined) {
    throw new UnsupportedError(`Traefik's flag --providers.kubernetesingress.${unknown}`, "an ingress controller");
  }
  const isOn = (option: string): boolean =>
    flagIsOn(`providers.kubernetesingress.${option}`, options.get(option) ?? "false");
  return {
    ingressClass: options.get("ingressclass") ?? "",
    namespaces: listOf(options.get("namespaces")),
    allowEmptyServices: isOn("allowemptyservices"),
    allowExternalNameServices: isOn("allowexternalnameservices"),
    strictPrefixMatching: isOn("strictprefixmatching"),
    nativeLbByDefault: isOn("nativelbbydefault"),
    endpoint: endpointOf(options),
  };
}

function endpointOf(options: ReadonlyMap<string, string>): IngressEndpoint | undefined {
  const [ip, hostname, publishedService] = ["ip", "hostname", "publishedservice"].map((name) => {
    const value = options.get(`ingressendpoint.${name}`) ?? "";
    return value === "" ? undefined : value;
  });
  return [ip, hostname, publishedService].some((each) => each !== undefined)
    ? { ip, hostname, publishedService }
    : undefined;
}

function listOf(text: string | undefined): string[] {
  return (text ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

function durationMs(name: string, text: string): number {
  const found = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text);
  if (found === null) throw flagProblem(`--${name}: invalid duration ${text}`);
  return Number(found[1]) * { ms: 1, s: 1000, m: 60_000 }[(found[2] ?? "s") as "ms" | "s" | "m"];
}
