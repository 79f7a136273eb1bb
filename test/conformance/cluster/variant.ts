import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { readManifests } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import { defaultKubeProxyConfig, type KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import { readKubeProxyConfig } from "@kubenetsim/proxy/config/read-config";

/** One way in which a scenario's kube-proxies were configured: a folder below `expected`. */
export interface Variant {
  readonly name: string;
  readonly folder: string;
  /** The nodes of which something was recorded. */
  readonly nodes: readonly string[];
}

/** The variants of a case, by name: the folders below `expected` that hold nodes' recordings. */
export function readVariants(path: string): Variant[] {
  const expected = join(path, "expected");
  return readdirSync(expected)
    .sort()
    .map((name) => ({ name, folder: join(expected, name), nodes: nodesOf(join(expected, name)) }))
    .filter(({ name }) => /^(iptables|nftables|ipvs)(-|$)/.test(name));
}

function nodesOf(folder: string): string[] {
  if (!statSync(folder).isDirectory()) return [];
  return readdirSync(folder)
    .filter((name) => statSync(join(folder, name)).isDirectory())
    .sort();
}

/** kube-proxy's configuration on a node: recorded beside its rules, or said by the variant's name (ipvs). */
export function configOf(variant: Variant, node: string): KubeProxyConfig {
  const file = join(variant.folder, node, "config.yaml");
  if (!existsSync(file)) return ipvsConfig(variant.name);
  const [document] = readManifests(readFileSync(file, "utf8"), file);
  if (document === undefined) throw new Error(`${file} is empty`);
  return readKubeProxyConfig(document);
}

/** `ipvs-rr-tcpTimeout900stcpFinTimeout30s`: the scheduler (`default` for none), then other ipvs settings with their values. */
function ipvsConfig(name: string): KubeProxyConfig {
  const [mode, scheduler, settings = ""] = name.split("-");
  if (mode !== "ipvs" || scheduler === undefined) throw new Error(`variant ${name} has no config.yaml`);
  const seconds = (setting: string): number => Number(new RegExp(`${setting}(\\d+)s`).exec(settings)?.[1] ?? 0);
  return {
    ...defaultKubeProxyConfig,
    mode: "ipvs",
    clusterCIDRs: ["10.244.0.0/16", "fd00:10:244::/56"],
    ipvs: {
      ...defaultKubeProxyConfig.ipvs,
      scheduler: scheduler === "default" ? "" : scheduler,
      strictARP: settings.includes("strictARPtrue"),
      tcpTimeoutSeconds: seconds("tcpTimeout"),
      tcpFinTimeoutSeconds: seconds("tcpFinTimeout"),
      udpTimeoutSeconds: seconds("udpTimeout"),
    },
  };
}
