import { readManifests } from "@kubenetsim/core/apiserver/manifest/read-manifests";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Service } from "@kubenetsim/core/model/service";
import type { ServiceCIDR } from "@kubenetsim/core/model/service-cidr";
import type { IpAddress, IpFamily } from "@kubenetsim/core/net/address";
import type { KubeProxyConfig, ProxyNode, ProxySnapshot, SnapshotChange } from "@kubenetsim/proxy";
import { readKubeProxyConfig, takeSnapshot, updateNode, updateSnapshot } from "@kubenetsim/proxy";
import type { ProxyCase, ProxyStep } from "@kubenetsim/testing";
import { type OwnSync, ownModes } from "./own-sync.ts";
import type { PeerStep } from "./peer-answers.ts";

const zoneLabel = "topology.kubernetes.io/zone";
/** After so many seconds without a sync kube-proxy runs one (pkg/proxy/util, FullSyncPeriod). */
const longestPause = 3600;
const families: readonly IpFamily[] = ["IPv4", "IPv6"];

/**
 * What our kube-proxy does in each step of a case, in the form of the peer's answer but for the texts: these are
 * canonical. `nfacct` says whether the peer's kernel has that module.
 */
export function ownSteps(one: ProxyCase, nfacct: boolean): PeerStep[] {
  const config = readKubeProxyConfig(readManifests(JSON.stringify(one.config), "config.conf")[0]!);
  const proxiers = families.map((family) => new OwnProxier(family, one, config, nfacct));
  return [one, ...one.steps].map((step) => {
    const results = proxiers.map((proxier) => proxier.step(step));
    return {
      dumps: Object.fromEntries(results.map(({ name, dump }) => [name, dump])),
      inputs: Object.fromEntries(results.map(({ name, inputs }) => [name, inputs])),
    };
  });
}

/** One family's proxier, with the objects that its informers hold. */
class OwnProxier {
  readonly #sync: OwnSync;
  readonly #family: IpFamily;
  readonly #config: KubeProxyConfig;
  readonly #services = new Map<string, Service>();
  readonly #slices = new Map<string, EndpointSlice>();
  #serviceCIDRs: ServiceCIDR | undefined;
  readonly #node: ProxyNode;
  #zone: string | undefined;
  #now = 0;
  #lastSync = 0;
  #failed = false;
  #snapshot: ProxySnapshot | undefined;

  constructor(family: IpFamily, one: ProxyCase, config: KubeProxyConfig, nfacct: boolean) {
    this.#family = family;
    this.#config = config;
    this.#node = proxyNode(one, nfacct);
    this.#zone = one.node.metadata.labels?.[zoneLabel];
    this.#sync = ownModes[config.mode]!(family);
  }

  step(step: ProxyStep): { name: string; dump: string; inputs: string[] } {
    this.#now += step.elapsed ?? 0;
    const changes = this.#changes(step);
    const snapshot = this.#snapshot === undefined ? this.#firstSnapshot() : updateSnapshot(this.#snapshot, changes);
    const relabelled = step.nodeLabels !== undefined && this.#zone !== step.nodeLabels[zoneLabel];
    const next = relabelled ? this.#relabel(snapshot, step.nodeLabels[zoneLabel]) : snapshot;
    const full = relabelled || step.full === true || this.#failed;
    const asked = full || this.#snapshot?.revision !== next.revision || this.#now - this.#lastSync > longestPause;
    this.#snapshot = next;
    return { name: this.#sync.name, inputs: asked ? this.#run(full, step) : [], dump: this.#sync.dump() };
  }

  #run(full: boolean, { refuse = false }: ProxyStep): string[] {
    this.#lastSync = this.#now;
    const { inputs, failed } = this.#sync.run(this.#snapshot!, { now: this.#now, full, refuse });
    this.#failed = failed;
    return inputs;
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

/** The host as the peer makes it. Of several addresses of a family only the Node's first counts. */
function proxyNode({ node, addresses }: ProxyCase, nfacct: boolean): ProxyNode {
  return {
    name: node.metadata.name,
    nodeIPs: (node.status?.addresses ?? []).map(({ address }) => address as IpAddress),
    addresses: addresses.map((text) => {
      const [address, prefix] = text.split("/");
      return { address: address as IpAddress, prefix: Number(prefix) };
    }),
    zone: node.metadata.labels?.[zoneLabel] ?? "",
    podCIDRs: node.spec?.podCIDRs ?? [],
    nfacct,
  };
}
