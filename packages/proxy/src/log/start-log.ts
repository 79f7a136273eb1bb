import { familyOf, type IpFamily } from "@kubenetsim/core/net/address";
import type { KubeProxyConfig } from "../config/kube-proxy-config.ts";
import { awaitsPodCIDR, localDetector } from "../config/local-detector.ts";
import { expandKeywords, nodePortAddresses } from "../config/node-port-addresses.ts";
import { isLoopback, nodeIP, type ProxyNode } from "../snapshot/proxy-node.ts";
import { parseSloppyCidr } from "../snapshot/sloppy-address.ts";
import { error, info, type LogLine } from "./log-line.ts";

/**
 * What a kube-proxy logs while it starts, at its default verbosity, where it says something about its configuration
 * (newProxyServer of cmd/kube-proxy/app/server.go, createProxier of server_linux.go, NewProxier of each mode).
 */
export function startLog(config: KubeProxyConfig, node: ProxyNode): LogLine[] {
  if (awaitsPodCIDR(config, node)) {
    return [
      error("Error running ProxyServer", { err: `timeout waiting for PodCIDR allocation on node "${node.name}"` }),
    ];
  }
  const primary = primaryFamily(config, node);
  if (config.mode === "userspace") return userspaceLog(config, node, primary);
  return [
    ...nodeIPLines(config, node, primary),
    ...badConfigLines(config, node, primary),
    info("kube-proxy running in dual-stack mode", { "primary ipFamily": primary }),
    ...badFamilyLines(config, node, primary),
    ...detectorLines(config, node, primary),
    ...modeLines(config, node),
  ];
}

/** The same of the last kube-proxy that had userspace mode, 1.25. */
function userspaceLog(config: KubeProxyConfig, node: ProxyNode, primary: IpFamily): LogLine[] {
  const address = nodeIP(node, config, primary);
  const unknown =
    "Can't determine this node's IP, assuming 127.0.0.1; if this is incorrect, please set the --bind-address flag";
  return [
    ...(isLoopback(address) ? [info(unknown)] : []),
    info("Detected node IP", { address: isLoopback(address) ? "127.0.0.1" : address }),
    info("Using userspace Proxier"),
    info(
      "The userspace proxier is now deprecated and will be removed in a future release, please use 'iptables' or 'ipvs' instead",
    ),
  ];
}

/** The family of bindAddress, if that is one address, else of the Node's first IP (detectNodeIPs). */
function primaryFamily({ bindAddress }: KubeProxyConfig, { nodeIPs }: ProxyNode): IpFamily {
  if (bindAddress !== "0.0.0.0" && bindAddress !== "::") return bindAddress.includes(":") ? "IPv6" : "IPv4";
  return nodeIPs[0] === undefined ? "IPv4" : familyOf(nodeIPs[0]);
}

function nodeIPLines(config: KubeProxyConfig, node: ProxyNode, primary: IpFamily): LogLine[] {
  const found = node.nodeIPs.length > 0 ? [info("Successfully retrieved NodeIPs", { NodeIPs: node.nodeIPs })] : [];
  if (!isLoopback(nodeIP(node, config, primary))) return found;
  const message =
    "Can't determine this node's IP, assuming loopback; if this is incorrect, please set the --bind-address flag";
  return [...found, info(message)];
}

/** checkBadConfig. */
function badConfigLines(config: KubeProxyConfig, node: ProxyNode, primary: IpFamily): LogLine[] {
  const other = primary === "IPv4" ? "IPv6" : "IPv4";
  const served = expandKeywords(config, node);
  const ofPrimary = served.filter((text) => familyOfCidr(text) === primary).length;
  const lists = [config.clusterCIDRs, served, config.ipvs.excludeCIDRs, node.podCIDRs];
  if (served.length === 0) {
    return [
      incomplete(
        "nodePortAddresses is unset; NodePort connections will be accepted on all local IPs. Consider using `--nodeport-addresses primary`",
      ),
    ];
  }
  if (lists.some(isDualStack) && ofPrimary === served.length) {
    const only = `cluster appears to be dual-stack but nodePortAddresses contains only ${primary} addresses`;
    return [incomplete(`${only}; NodePort connections will be accepted on all local ${other} IPs`)];
  }
  if (ofPrimary > 0) return [];
  const only = `cluster appears to be ${primary}-primary but nodePortAddresses contains only ${other} addresses`;
  return [incomplete(`${only}; NodePort connections will be accepted on all local ${primary} IPs`)];
}

/** checkBadIPConfig; kernel and tools of the modelled nodes have both families. */
function badFamilyLines(config: KubeProxyConfig, node: ProxyNode, primary: IpFamily): LogLine[] {
  const bad = primary === "IPv4" ? "IPv6" : "IPv4";
  const isBad = (cidrs: readonly string[]): boolean =>
    cidrs.length > 0 && cidrs.every((text) => familyOfCidr(text) === bad);
  const problems = [
    ...(isBad(config.clusterCIDRs)
      ? [`cluster is ${primary}-primary but clusterCIDRs contains only ${bad} addresses`]
      : []),
    ...(isBad(node.podCIDRs)
      ? [`cluster is ${primary}-primary but node.spec.podCIDRs contains only ${bad} addresses`]
      : []),
  ];
  if (problems.length === 0) return [];
  return [incomplete(problems.length === 1 ? problems[0]! : `[${problems.join(", ")}]`)];
}

function incomplete(problem: string): LogLine {
  return error("Kube-proxy configuration may be incomplete or incorrect", { err: problem });
}

function detectorLines(config: KubeProxyConfig, node: ProxyNode, primary: IpFamily): LogLine[] {
  if (localDetector(config, node, primary) !== undefined) return [];
  if (config.detectLocalMode === "ClusterCIDR") {
    const clusterCIDRs = config.clusterCIDRs.length === 0 ? null : config.clusterCIDRs;
    const message = "Detect-local-mode set to ClusterCIDR, but no cluster CIDR specified for primary IP family";
    return [info(message, { ipFamily: primary, clusterCIDRs })];
  }
  const message = "Detect-local-mode set to NodeCIDR, but no PodCIDR defined at node for primary IP family";
  return [info(message, { ipFamily: primary, podCIDRs: node.podCIDRs.length === 0 ? null : node.podCIDRs })];
}

const defaultMode =
  "No kube-proxy mode specified: defaulting to 'iptables'. Note that in Kubernetes 1.40 the default mode will switch to 'nftables'. If you wish to continue using 'iptables' mode, you must explicitly specify 'mode: iptables' in the kube-proxy config file, or '--proxy-mode iptables' on the kube-proxy command line.";
const ipvsDeprecation =
  "The ipvs proxier has been deprecated and will be disabled by default in Kubernetes 1.40 and removed in Kubernetes 1.43. Migrate to the 'nftables' proxier instead.";
const routeLocalnet =
  "Setting route_localnet=1 to allow node-ports on localhost; to change this either disable iptables.localhostNodePorts (--iptables-localhost-nodeports) or set nodePortAddresses (--nodeport-addresses) to filter loopback addresses";

function modeLines(config: KubeProxyConfig, node: ProxyNode): LogLine[] {
  switch (config.mode) {
    case "iptables":
      return [
        ...(config.modeIsDefault ? [warned("KubeProxyDefaultMode", defaultMode)] : []),
        info("Using iptables Proxier"),
        ...(config.iptables.localhostNodePorts && nodePortAddresses(config, node, "IPv4").containsIPv4Loopback
          ? [info(routeLocalnet, { ipFamily: "IPv4" })]
          : []),
        ...(config.conntrack.tcpBeLiberal
          ? (["IPv4", "IPv6"] as const).map((ipFamily) =>
              info("nf_conntrack_tcp_be_liberal set, not installing DROP rules for INVALID packets", { ipFamily }),
            )
          : []),
      ];
    case "ipvs":
      return [
        info("Using ipvs Proxier"),
        warned("IPVSDeprecation", ipvsDeprecation),
        ...(config.ipvs.scheduler === ""
          ? (["IPv4", "IPv6"] as const).map((ipFamily) =>
              info("IPVS scheduler not specified, use rr by default", { ipFamily }),
            )
          : []),
      ];
    case "nftables":
      return [info("Using nftables Proxier")];
    default:
      return [];
  }
}

/** An error in the log, and the same as an event about the Node. */
function warned(reason: string, note: string): LogLine {
  return error(note, {}, { type: "Warning", reason, action: "StartKubeProxy", note });
}

function familyOfCidr(text: string): IpFamily | undefined {
  const cidr = parseSloppyCidr(text);
  return cidr === undefined ? undefined : cidr.words.length === 1 ? "IPv4" : "IPv6";
}

/** IsDualStackCIDRStrings: one of each family at least, and none that is no CIDR. */
function isDualStack(texts: readonly string[]): boolean {
  const families = new Set(texts.map(familyOfCidr));
  return families.size === 2 && !families.has(undefined);
}
