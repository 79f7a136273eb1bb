import type { ManifestDocument, ReadWarning } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { readManifests } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import { formatPosition, ParseError } from "@kubenetsim/core/runtime/errors";
import { FieldReader } from "./field-reader.ts";
import { withPort } from "./host-port.ts";
import {
  defaultKubeProxyConfig,
  type KubeProxyConfig,
  type LocalMode,
  modeSection,
  type ProxyMode,
} from "./kube-proxy-config.ts";
import { decodeStrictly } from "./strict-decoding.ts";
import { validateConfig } from "./validate-config.ts";

/** Is this a document that `readKubeProxyConfig` reads? */
export function isKubeProxyConfig({ apiVersion, kind, object }: ManifestDocument): boolean {
  if (kind === "KubeProxyConfiguration") return apiVersion.startsWith("kubeproxy.config.k8s.io/");
  if (apiVersion !== "v1" || kind !== "ConfigMap") return false;
  const metadata = object.metadata as { readonly name?: unknown; readonly namespace?: unknown } | undefined;
  return metadata?.name === "kube-proxy" && metadata.namespace === "kube-system";
}

/** A configuration, the document that it stands in, and what kube-proxy would log about it. */
export interface KubeProxyConfigDocument {
  readonly config: KubeProxyConfig;
  /** The KubeProxyConfiguration itself, be it a document or the text in a ConfigMap. */
  readonly document: ManifestDocument;
  readonly warnings: readonly ReadWarning[];
}

/**
 * Reads a `KubeProxyConfiguration`, or the ConfigMap `kube-system/kube-proxy` in which kubeadm keeps one under
 * `config.conf`, with the defaults of v1alpha1. Of fields that do not decide what is written to the kernel only the type
 * is looked at.
 *
 * @throws ParseError for text or types that cannot be read
 * @throws StatusError for values that kube-proxy refuses, in its words (pkg/proxy/apis/config/validation)
 */
export function readKubeProxyConfig(document: ManifestDocument): KubeProxyConfig {
  return readKubeProxyConfigDocument(document).config;
}

/** The same with its warnings: fields that kube-proxy does not know. */
export function readKubeProxyConfigDocument(document: ManifestDocument): KubeProxyConfigDocument {
  const isEmbedded = document.kind === "ConfigMap";
  const inner = isEmbedded ? embeddedDocument(document) : document;
  if (inner.apiVersion !== "kubeproxy.config.k8s.io/v1alpha1" || inner.kind !== "KubeProxyConfiguration") {
    throw new ParseError(`no kind "${inner.kind}" is registered for version "${inner.apiVersion}" in kube-proxy`, {
      position: inner.positionOf(["kind"]),
      hint: "expected kind KubeProxyConfiguration of kubeproxy.config.k8s.io/v1alpha1",
    });
  }
  const unknown = decodeStrictly(inner);
  const fields = new FieldReader(inner);
  const config = readFields(fields);
  validateConfig(config, fields, inner);
  return { config, document: inner, warnings: isEmbedded ? [...inner.warnings, ...unknown] : unknown };
}

function embeddedDocument(document: ManifestDocument): ManifestDocument {
  const path = ["data", "config.conf"];
  const position = document.positionOf(path);
  const text = (document.object.data as { readonly "config.conf"?: unknown } | undefined)?.["config.conf"];
  if (typeof text !== "string") {
    throw new ParseError('ConfigMap kube-system/kube-proxy has no key "config.conf"', { position });
  }
  const [inner, ...others] = readManifests(text, `${formatPosition(position)} (config.conf)`);
  if (inner === undefined || others.length > 0) {
    throw new ParseError("config.conf must hold one KubeProxyConfiguration", { position });
  }
  return inner;
}

function readFields(fields: FieldReader): KubeProxyConfig {
  const defaults = defaultKubeProxyConfig;
  const clusterCIDR = fields.text("clusterCIDR") || "";
  const bindAddress = fields.text("bindAddress") || defaults.bindAddress;
  const isV6 = bindAddress.includes(":");
  const mode = (fields.text("mode") || "iptables") as ProxyMode;
  return {
    mode,
    modeIsDefault: (fields.text("mode") ?? "") === "",
    bindAddress,
    healthzBindAddress: withPort(fields.text("healthzBindAddress") || (isV6 ? "::" : "0.0.0.0"), 10256),
    metricsBindAddress: withPort(fields.text("metricsBindAddress") || (isV6 ? "::1" : "127.0.0.1"), 10249),
    hostnameOverride: fields.text("hostnameOverride") ?? "",
    clusterCIDRs: clusterCIDR === "" ? [] : clusterCIDR.split(","),
    detectLocalMode: (fields.text("detectLocalMode") || "ClusterCIDR") as LocalMode,
    bridgeInterface: fields.text("detectLocal", "bridgeInterface") ?? "",
    interfaceNamePrefix: fields.text("detectLocal", "interfaceNamePrefix") ?? "",
    nodePortAddresses: fields.texts("nodePortAddresses"),
    syncPeriodSeconds: fields.seconds(modeSection(mode), "syncPeriod") || defaults.syncPeriodSeconds,
    iptables: {
      masqueradeBit: fields.integer("iptables", "masqueradeBit") ?? defaults.iptables.masqueradeBit,
      masqueradeAll: fields.boolean("iptables", "masqueradeAll") ?? false,
      localhostNodePorts: fields.boolean("iptables", "localhostNodePorts") ?? true,
    },
    nftables: {
      masqueradeBit: fields.integer("nftables", "masqueradeBit") ?? defaults.nftables.masqueradeBit,
      masqueradeAll: fields.boolean("nftables", "masqueradeAll") ?? false,
    },
    ipvs: {
      scheduler: fields.text("ipvs", "scheduler") ?? "",
      strictARP: fields.boolean("ipvs", "strictARP") ?? false,
      excludeCIDRs: fields.texts("ipvs", "excludeCIDRs"),
      tcpTimeoutSeconds: fields.seconds("ipvs", "tcpTimeout"),
      tcpFinTimeoutSeconds: fields.seconds("ipvs", "tcpFinTimeout"),
      udpTimeoutSeconds: fields.seconds("ipvs", "udpTimeout"),
    },
    userspace: { ...defaults.userspace, portRange: fields.text("portRange") ?? "" },
    conntrack: {
      tcpEstablishedTimeoutSeconds: secondsOr(
        fields,
        "tcpEstablishedTimeout",
        defaults.conntrack.tcpEstablishedTimeoutSeconds,
      ),
      tcpCloseWaitTimeoutSeconds: secondsOr(
        fields,
        "tcpCloseWaitTimeout",
        defaults.conntrack.tcpCloseWaitTimeoutSeconds,
      ),
      udpTimeoutSeconds: fields.seconds("conntrack", "udpTimeout"),
      udpStreamTimeoutSeconds: fields.seconds("conntrack", "udpStreamTimeout"),
      tcpBeLiberal: fields.boolean("conntrack", "tcpBeLiberal") ?? false,
    },
    featureGates: fields.booleans("featureGates"),
  };
}

/** Of connection tracking, where 0 is another thing than nothing said. */
function secondsOr(fields: FieldReader, key: string, byDefault: number): number {
  return fields.at("conntrack", key) === undefined ? byDefault : fields.seconds("conntrack", key);
}
