import { parseSloppyCidr } from "../snapshot/sloppy-address.ts";
import { type KubeProxyConfig, localModes } from "./kube-proxy-config.ts";
import { invalid, type Refusal, refuse } from "./refusal.ts";

/** validateDetectLocalMode and validateDetectLocalConfiguration. */
export function localDetection(config: KubeProxyConfig): Refusal[] {
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
      return [refuse("DetectLocalMode", "FieldValueNotSupported", message, ["detectLocalMode"])];
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
