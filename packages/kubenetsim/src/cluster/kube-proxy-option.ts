import { readManifests } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { FieldReader } from "@kubenetsim/proxy/config/field-reader";
import { defaultKubeProxyConfig, type KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import { decodeStrictly } from "@kubenetsim/proxy/config/strict-decoding";
import { validateConfig } from "@kubenetsim/proxy/config/validate-config";

/** A `KubeProxyConfig` of which everything may be left out, in its sections too. */
export type KubeProxyOption = {
  readonly [Key in keyof KubeProxyConfig]?: KubeProxyConfig[Key] extends string | boolean | readonly string[]
    ? KubeProxyConfig[Key]
    : Partial<KubeProxyConfig[Key]>;
};

type Fields = Readonly<Record<string, unknown>>;

/**
 * The defaults with what is given in their place.
 *
 * @throws ParseError for what is no configuration: a field that there is not, a value of another type
 */
export function readKubeProxyOption(given: KubeProxyOption = {}): KubeProxyConfig {
  return merged(defaultKubeProxyConfig as unknown as Fields, given, "kubeProxy") as unknown as KubeProxyConfig;
}

function merged(byDefault: Fields, given: unknown, path: string): Fields {
  if (!isObject(given)) throw new ParseError(`${path}: must be an object`);
  const whole: Record<string, unknown> = { ...byDefault };
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const at = `${path}.${key}`;
    if (path === "kubeProxy.featureGates") whole[key] = sameType(true, value, at);
    else if (key in byDefault) whole[key] = sameType(byDefault[key], value, at);
    else throw unknownField(key, Object.keys(byDefault), path);
  }
  return whole;
}

/** A value of the type that the default has. */
function sameType(byDefault: unknown, value: unknown, path: string): unknown {
  if (Array.isArray(byDefault)) {
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
    throw new ParseError(`${path}: must be a list of strings`);
  }
  if (isObject(byDefault)) return merged(byDefault, value, path);
  if (typeof value === typeof byDefault && !Number.isNaN(value)) return value;
  throw new ParseError(`${path}: must be a ${typeof byDefault}`);
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unknownField(key: string, known: readonly string[], path: string): ParseError {
  const meant = nearestWord(key, known);
  return new ParseError(`${path}: unknown field "${key}"`, {
    hint: meant === undefined ? `the fields are ${known.join(", ")}` : `did you mean ${meant}?`,
  });
}

/**
 * Holds an option to what a configuration text is held to. userspace, which kube-proxy refuses since 1.26, may be asked for
 * by options.
 *
 * @throws StatusError, ParseError as `readKubeProxyConfig`
 */
export function validateKubeProxyOption(config: KubeProxyConfig): void {
  const { iptables, nftables, ipvs, conntrack } = config;
  const syncPeriod = seconds(config.syncPeriodSeconds);
  const text = {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    iptables: { masqueradeBit: iptables.masqueradeBit, syncPeriod },
    nftables: { masqueradeBit: nftables.masqueradeBit, syncPeriod },
    ipvs: {
      syncPeriod,
      tcpTimeout: seconds(ipvs.tcpTimeoutSeconds),
      tcpFinTimeout: seconds(ipvs.tcpFinTimeoutSeconds),
      udpTimeout: seconds(ipvs.udpTimeoutSeconds),
    },
    conntrack: {
      tcpEstablishedTimeout: seconds(conntrack.tcpEstablishedTimeoutSeconds),
      tcpCloseWaitTimeout: seconds(conntrack.tcpCloseWaitTimeoutSeconds),
      udpTimeout: seconds(conntrack.udpTimeoutSeconds),
      udpStreamTimeout: seconds(conntrack.udpStreamTimeoutSeconds),
    },
  };
  const document = readManifests(JSON.stringify(text), "option kubeProxy")[0]!;
  decodeStrictly(document);
  const fields = new FieldReader(document);
  const mode = config.mode === "userspace" ? "iptables" : config.mode;
  validateConfig({ ...config, mode }, fields, document);
}

function seconds(count: number): string {
  return `${count}s`;
}
