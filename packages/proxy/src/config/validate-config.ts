import type { FieldPath, ManifestDocument } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { type StatusCause, StatusError } from "@kubenetsim/core/runtime/errors";
import { parseSloppyAddress, parseSloppyCidr } from "../snapshot/sloppy-address.ts";
import { type KubeProxyConfig, localModes } from "./kube-proxy-config.ts";

/** A refusal, and the field of the document that it is about. */
interface Refusal {
  readonly cause: StatusCause;
  readonly path: FieldPath;
}

/** Modes of other platforms and times, which the simulator names when it comes to compile them. */
const namedElsewhere: readonly string[] = ["userspace", "kernelspace"];

/**
 * What kube-proxy refuses of the fields that are read, in its order and words (pkg/proxy/apis/config/validation).
 *
 * @throws StatusError with one cause per refused field
 */
export function validateConfig(config: KubeProxyConfig, document: ManifestDocument): void {
  const refusals = [
    ...masqueradeBit("KubeProxyIPTablesConfiguration", "iptables", config.iptables.masqueradeBit),
    ...(config.mode === "ipvs" ? ipvs(config.ipvs) : []),
    ...(config.mode === "nftables"
      ? masqueradeBit("KubeProxyNFTablesConfiguration", "nftables", config.nftables.masqueradeBit)
      : []),
    ...proxyMode(config),
    ...bindAddress(config.bindAddress),
    ...nodePortAddresses(config.nodePortAddresses),
    ...localDetection(config),
  ];
  if (refusals.length === 0) return;
  const causes = refusals.map((refusal) => refusal.cause);
  throw new StatusError("Invalid", causes.map((cause) => `${cause.field}: ${cause.message}`).join(", "), {
    causes,
    position: document.positionOf(refusals[0]!.path),
  });
}

function invalid(field: string, value: unknown, message: string, path: FieldPath): Refusal {
  const text = `Invalid value: ${JSON.stringify(value)}: ${message}`;
  return { cause: { field: `KubeProxyConfiguration.${field}`, reason: "FieldValueInvalid", message: text }, path };
}

function masqueradeBit(section: string, key: string, bit: number): Refusal[] {
  if (bit >= 0 && bit <= 31) return [];
  return [invalid(`${section}.MasqueradeBit`, bit, "must be within the range [0, 31]", [key, "masqueradeBit"])];
}

function ipvs(config: KubeProxyConfig["ipvs"]): Refusal[] {
  const timeouts = [
    ["TCPTimeout", "tcpTimeout", config.tcpTimeoutSeconds],
    ["TCPFinTimeout", "tcpFinTimeout", config.tcpFinTimeoutSeconds],
    ["UDPTimeout", "udpTimeout", config.udpTimeoutSeconds],
  ] as const;
  const negative = timeouts
    .filter(([, , seconds]) => seconds < 0)
    .map(([field, key, seconds]) =>
      invalid(`KubeProxyIPVSConfiguration.${field}`, `${seconds}s`, "must be greater than or equal to 0", [
        "ipvs",
        key,
      ]),
    );
  const excluded = config.excludeCIDRs.flatMap((text, i) =>
    parseSloppyCidr(text) === undefined
      ? [
          invalid(`KubeProxyIPVSConfiguration.ExcludeCidrs[${i}]`, text, "must be a valid CIDR", [
            "ipvs",
            "excludeCIDRs",
            i,
          ]),
        ]
      : [],
  );
  return [...negative, ...excluded];
}

function proxyMode({ mode, featureGates }: KubeProxyConfig): Refusal[] {
  const allowed = featureGates.KubeProxyIPVS === false ? ["iptables", "nftables"] : ["iptables", "ipvs", "nftables"];
  if (allowed.includes(mode) || namedElsewhere.includes(mode)) return [];
  const message = `must be ${allowed.join(", ")} or blank (blank means the best-available proxy [currently iptables])`;
  return [invalid("Mode.ProxyMode", mode, message, ["mode"])];
}

function bindAddress(text: string): Refusal[] {
  if (parseSloppyAddress(text) !== undefined) return [];
  return [invalid("BindAddress", text, "not a valid textual representation of an IP address", ["bindAddress"])];
}

function nodePortAddresses(texts: readonly string[]): Refusal[] {
  return texts.flatMap((text, i) => {
    const path = ["nodePortAddresses", i];
    const field = `NodePortAddresses[${i}]`;
    if (text === "primary" || text === "localhost" || text === "all") {
      if (texts.indexOf(text) === i) return [];
      const message = `Duplicate value: ${JSON.stringify(text)}`;
      return [{ cause: { field: `KubeProxyConfiguration.${field}`, reason: "FieldValueDuplicate", message }, path }];
    }
    if (parseSloppyCidr(text) !== undefined) return [];
    return [invalid(field, text, "must be a valid CIDR or one of the keywords 'primary', 'localhost', 'all'", path)];
  });
}

function localDetection(config: KubeProxyConfig): Refusal[] {
  const section = "DetectLocalConfiguration";
  switch (config.detectLocalMode) {
    case "BridgeInterface":
      return notEmpty(`${section}.InterfaceName`, config.bridgeInterface, "bridgeInterface");
    case "InterfaceNamePrefix":
      return notEmpty(`${section}.InterfacePrefix`, config.interfaceNamePrefix, "interfaceNamePrefix");
    case "ClusterCIDR":
      return clusterCIDRs(config.clusterCIDRs);
    case "NodeCIDR":
      return [];
    default: {
      const supported = [...localModes, ""].map((mode) => JSON.stringify(mode)).join(", ");
      const message = `Unsupported value: ${JSON.stringify(config.detectLocalMode)}: supported values: ${supported}`;
      const field = "KubeProxyConfiguration.DetectLocalMode";
      return [{ cause: { field, reason: "FieldValueNotSupported", message }, path: ["detectLocalMode"] }];
    }
  }
}

function notEmpty(field: string, text: string, key: string): Refusal[] {
  return text === "" ? [invalid(field, text, "must not be empty", ["detectLocal", key])] : [];
}

const pairMessage =
  "must be a either a single CIDR or dual-stack pair of CIDRs (e.g. [10.100.0.0/16, fde4:8dba:82e1::/48]";

function clusterCIDRs(texts: readonly string[]): Refusal[] {
  const field = "DetectLocalConfiguration.ClusterCIDRs";
  const path = ["clusterCIDR"];
  if (texts.length > 2) return [invalid(field, texts, pairMessage, path)];
  const message = "must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48)";
  const bad = texts.flatMap((text, i) =>
    parseSloppyCidr(text) === undefined ? [invalid(`${field}[${i}]`, text, message, path)] : [],
  );
  if (bad.length > 0 || texts.length < 2) return bad;
  const lengths = new Set(texts.map((text) => parseSloppyCidr(text)!.words.length));
  return lengths.size === 2 ? [] : [invalid(field, texts, pairMessage, path)];
}
