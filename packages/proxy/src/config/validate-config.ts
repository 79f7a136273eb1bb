import type { ManifestDocument } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { ParseError, StatusError } from "@kubenetsim/core/runtime/errors";
import { parseSloppyCidr } from "../snapshot/sloppy-address.ts";
import { gateRefusals, isGateOn } from "./feature-gates.ts";
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
 * @throws ParseError for feature gates that it does not know, that are locked or need others, which it looks at first
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

function checkFeatureGates({ featureGates }: KubeProxyConfig, document: ManifestDocument): void {
  const refusals = gateRefusals(featureGates);
  if (refusals.length === 0) return;
  const texts = refusals.map(({ message }) => message);
  const { gate } = refusals[0]!;
  throw new ParseError(texts.length === 1 ? texts[0]! : `[${texts.join(", ")}]`, {
    position: document.positionOf(gate === undefined ? ["featureGates"] : ["featureGates", gate]),
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
  const allowed = isGateOn("KubeProxyIPVS", featureGates) ? ["iptables", "ipvs", "nftables"] : ["iptables", "nftables"];
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
