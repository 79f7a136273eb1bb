import { readManifests } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Service } from "@kubenetsim/core/model/service";
import type { ServiceCIDR } from "@kubenetsim/core/model/service-cidr";
import type { IpAddress, IpFamily } from "@kubenetsim/core/net/address";
import type { KubeProxyConfig, ProxyNode, ProxySnapshot, SnapshotChange } from "@kubenetsim/proxy";
import { readKubeProxyConfig, takeSnapshot, updateNode, updateSnapshot } from "@kubenetsim/proxy";
import { nodeHostIPs } from "@kubenetsim/proxy/snapshot/node-host-ips";
import type { ProxyCase, ProxyStep } from "@kubenetsim/testing";

const zoneLabel = "topology.kubernetes.io/zone";

/** What one family's kube-proxy of a case sees, step by step, with the objects that its informers hold. */
export class OwnView {
  readonly #family: IpFamily;
  readonly #config: KubeProxyConfig;
  readonly #node: ProxyNode;
  readonly #services = new Map<string, Service>();
  readonly #slices = new Map<string, EndpointSlice>();
  #serviceCIDRs: ServiceCIDR | undefined;
  #zone: string | undefined;
  #snapshot: ProxySnapshot | undefined;

  constructor(family: IpFamily, one: ProxyCase, nfacct: boolean) {
    this.#family = family;
    this.#config = readKubeProxyConfig(readManifests(JSON.stringify(one.config), "config.conf")[0]!);
    this.#node = proxyNode(one, nfacct);
    this.#zone = one.node.metadata.labels?.[zoneLabel];
  }

  get mode(): string {
    return this.#config.mode;
  }

  /** The snapshot after a step, and whether the Node's zone is another than before. */
  see(step: ProxyStep): { readonly snapshot: ProxySnapshot; readonly relabelled: boolean } {
    const changes = this.#changes(step);
    const snapshot = this.#snapshot === undefined ? this.#firstSnapshot() : updateSnapshot(this.#snapshot, changes);
    const relabelled = step.nodeLabels !== undefined && this.#zone !== step.nodeLabels[zoneLabel];
    this.#snapshot = relabelled ? this.#relabel(snapshot, step.nodeLabels[zoneLabel]) : snapshot;
    return { snapshot: this.#snapshot, relabelled };
  }

  #relabel(snapshot: ProxySnapshot, zone: string | undefined): ProxySnapshot {
    this.#zone = zone;
    return updateNode(snapshot, { ...snapshot.basis.node, zone: zone ?? "" });
  }

  #firstSnapshot(): ProxySnapshot {
    return takeSnapshot({
      family: this.#family,
      node: this.#node,
      config: this.#config,
      services: this.#services.values(),
      endpointSlices: this.#slices.values(),
      serviceCIDRs: this.#serviceCIDRs === undefined ? [] : [this.#serviceCIDRs],
    });
  }

  #changes(step: ProxyStep): SnapshotChange[] {
    const changes: SnapshotChange[] = [];
    for (const after of step.services ?? []) changes.push(put("Service", this.#services, keyOf(after), after));
    for (const after of step.endpointSlices ?? [])
      changes.push(put("EndpointSlice", this.#slices, keyOf(after), after));
    for (const name of step.delete ?? []) {
      const [kind, key] = [name.slice(0, name.indexOf("/")), name.slice(name.indexOf("/") + 1)];
      changes.push(kind === "Service" ? put(kind, this.#services, key) : put(kind, this.#slices, key));
    }
    if (step.serviceCIDRs !== undefined) {
      const after = serviceCIDR(step.serviceCIDRs);
      changes.push({ kind: "ServiceCIDR", before: this.#serviceCIDRs, after });
      this.#serviceCIDRs = after;
    }
    return changes.filter(({ before, after }) => before !== undefined || after !== undefined);
  }
}

function put<T>(kind: string, objects: Map<string, T>, key: string, after?: T): SnapshotChange {
  const before = objects.get(key);
  if (after === undefined) objects.delete(key);
  else objects.set(key, after);
  return { kind, before, after };
}

function keyOf({ metadata }: Service | EndpointSlice): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function serviceCIDR(cidrs: readonly string[]): ServiceCIDR {
  return { apiVersion: "networking.k8s.io/v1", kind: "ServiceCIDR", metadata: { name: "kubernetes" }, spec: { cidrs } };
}

/** The host as the peer makes it. */
function proxyNode({ node, addresses }: ProxyCase, nfacct: boolean): ProxyNode {
  return {
    name: node.metadata.name,
    nodeIPs: nodeHostIPs(node),
    addresses: addresses.map((text) => {
      const [address, prefix] = text.split("/");
      return { address: address as IpAddress, prefix: Number(prefix) };
    }),
    zone: node.metadata.labels?.[zoneLabel] ?? "",
    podCIDRs: node.spec?.podCIDRs ?? [],
    nfacct,
  };
}
