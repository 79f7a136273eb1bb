import type { ManifestDocument } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { ParseError, StatusError } from "@kubenetsim/core/runtime/errors";
import { parseSloppyCidr } from "../snapshot/sloppy-address.ts";
import { featureGates } from "./feature-gates.ts";
import type { FieldReader } from "./field-reader.ts";
import type { KubeProxyConfig } from "./kube-proxy-config.ts";
import { invalid, type Refusal } from "./refusal.ts";
import { bindAddress, hostPort, nodePortAddresses } from "./validate-addresses.ts";
import { localDetection } from "./validate-local-detection.ts";
import { logging } from "./validate-logging.ts";
import { burst, ipvsTimeouts, linux, masqueradeBit, periods } from "./validate-numbers.ts";

const removedMode =
  'mode userspace was removed in Kubernetes 1.26; to simulate it all the same, leave mode out here and give --mode userspace, or Cluster.create({ proxyMode: "userspace" })';

/**
 * What kube-proxy refuses, in its order and words (pkg/proxy/apis/config/validation).
 *
 * @throws StatusError with one cause per refused field
 * @throws ParseError for a feature gate that it does not know or that is locked, which it looks at first
 */
export function validateConfig(config: KubeProxyConfig, fields: FieldReader, document: ManifestDocument): void {
  checkFeatureGates(config, document);
  const refusals = [
    ...masqueradeBit("KubeProxyIPTablesConfiguration", "iptables", config.iptables.masqueradeBit),
    ...(config.mode === "ipvs" ? [...ipvsTimeouts(fields), ...excludedCidrs(config)] : []),
    ...(config.mode === "nftables"
      ? masqueradeBit("KubeProxyNFTablesConfiguration", "nftables", config.nftables.masqueradeBit)
      : []),
    ...linux(fields),
    ...proxyMode(config),
    ...burst(fields),
    ...periods(fields, config.mode),
    ...bindAddress(config.bindAddress),
    ...hostPort("HealthzBindAddress", config.healthzBindAddress, "healthzBindAddress"),
    ...hostPort("MetricsBindAddress", config.metricsBindAddress, "metricsBindAddress"),
    ...nodePortAddresses(config.nodePortAddresses),
    ...hiddenMetrics(fields),
    ...localDetection(config),
    ...logging(fields),
  ];
  if (refusals.length === 0) return;
  const causes = refusals.map((refusal) => refusal.cause);
  const texts = [...new Set(causes.map((cause) => `${cause.field}: ${cause.message}`))];
  throw new StatusError("Invalid", texts.length === 1 ? texts[0]! : `[${texts.join(", ")}]`, {
    causes,
    position: document.positionOf(refusals[0]!.path),
    ...(config.mode === "userspace" ? { hint: removedMode } : {}),
  });
}

/** SetFromMap of k8s.io/component-base/featuregate, whose errors come sorted in no order; here as they are written. */
function checkFeatureGates({ featureGates: given }: KubeProxyConfig, document: ManifestDocument): void {
  const errors = Object.entries(given).flatMap(([name, value]) => {
    if (!featureGates.has(name)) return [[name, `unrecognized feature gate: ${name}`]];
    const locked = featureGates.get(name);
    if (locked === undefined || locked === value) return [];
    return [[name, `cannot set feature gate ${name} to ${value}, feature is locked to ${locked}`]];
  });
  if (errors.length === 0) return;
  const texts = errors.map(([, text]) => text!);
  throw new ParseError(texts.length === 1 ? texts[0]! : `[${texts.join(", ")}]`, {
    position: document.positionOf(["featureGates", errors[0]![0]!]),
  });
}

function excludedCidrs({ ipvs }: KubeProxyConfig): Refusal[] {
  return ipvs.excludeCIDRs.flatMap((text, i) => {
    if (parseSloppyCidr(text) !== undefined) return [];
    const field = `KubeProxyIPVSConfiguration.ExcludeCidrs[${i}]`;
    return [invalid(field, text, "must be a valid CIDR", ["ipvs", "excludeCIDRs", i])];
  });
}

function proxyMode({ mode, featureGates }: KubeProxyConfig): Refusal[] {
  const allowed = featureGates.KubeProxyIPVS === false ? ["iptables", "nftables"] : ["iptables", "ipvs", "nftables"];
  if (allowed.includes(mode)) return [];
  const message = `must be ${allowed.join(", ")} or blank (blank means the best-available proxy [currently iptables])`;
  return [invalid("Mode.ProxyMode", mode, message, ["mode"])];
}

/** Of a kube-proxy 1.37: its own words stand in the message twice (k8s.io/component-base/metrics/options.go). */
function hiddenMetrics(fields: FieldReader): Refusal[] {
  const key = "showHiddenMetricsForVersion";
  const version = fields.text(key) ?? "";
  if (version === "" || version === "1.36") return [];
  const wanted = "must be omitted or have the value '1.36'; only the previous minor version is allowed";
  const inner = `invalid ${key}: ${key}: Invalid value: ${JSON.stringify(version)}: ${wanted}`;
  return [invalid("ShowHiddenMetricsForVersion", version, inner, [key])];
}
