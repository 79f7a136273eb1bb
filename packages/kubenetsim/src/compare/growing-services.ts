import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Endpoints } from "@kubenetsim/core/model/endpoints";
import type { Service } from "@kubenetsim/core/model/service";
import type { IpAddress } from "@kubenetsim/core/net/address";
import { type Cidr, cidrAddress, cidrSize, parseCidr } from "@kubenetsim/core/net/cidr";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { TestBench } from "./test-bench.ts";

/** Sorts behind the names that people give. */
const namespace = "zz-growth";

/** One Service of a growing cluster, as the API server and the controllers leave it. */
export interface GrownService {
  readonly address: IpAddress;
  readonly changes: readonly Change[];
}

/**
 * Services that are added to a cluster one after the other: each with one TCP port and one endpoint (so that no draw decides how many rules are compared), on the highest
 * addresses of the cluster's Service range that are free, with names that stand behind all others in kube-proxy's order.
 */
export class GrowingServices {
  readonly #state: ClusterState;
  readonly #bench: TestBench;
  readonly #range: Cidr;
  #number = 0;
  /** The next address to try, counted from the range's end. */
  #offset: number;

  constructor(state: ClusterState, bench: TestBench) {
    this.#state = state;
    this.#bench = bench;
    this.#range = parseCidr(state.tables.ServiceCIDR.values()[0]?.spec.cidrs?.[0] ?? "10.96.0.0/12")!;
    this.#offset = cidrSize(this.#range) - 2;
  }

  get count(): number {
    return this.#number;
  }

  /** @throws ParseError when the range is full. */
  next(): GrownService {
    const address = this.#freeAddress();
    this.#number++;
    const name = `service-${String(this.#number).padStart(6, "0")}`;
    const service = serviceObject(name, address);
    const slice = sliceObject(name, this.#bench);
    const endpoints = endpointsObject(name, this.#bench);
    return {
      address,
      changes: [
        { revision: 0, kind: "Service", key: `${namespace}/${name}`, before: undefined, after: service },
        { revision: 0, kind: "EndpointSlice", key: `${namespace}/${name}`, before: undefined, after: slice },
        { revision: 0, kind: "Endpoints", key: `${namespace}/${name}`, before: undefined, after: endpoints },
      ],
    };
  }

  #freeAddress(): IpAddress {
    for (; this.#offset > 0; this.#offset--) {
      const address = cidrAddress(this.#range, this.#offset);
      if (this.#state.allocations.addresses.has(address)) continue;
      this.#offset--;
      return address;
    }
    throw new ParseError(`the cluster's Service range has room for ${this.#number} more Services only`, {
      hint: "compare fewer with --services, or give the input a ServiceCIDR kubernetes with a larger range",
    });
  }
}

function serviceObject(name: string, address: IpAddress): Service {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace },
    spec: {
      type: "ClusterIP",
      clusterIP: address,
      clusterIPs: [address],
      ipFamilies: [address.includes(":") ? "IPv6" : "IPv4"],
      internalTrafficPolicy: "Cluster",
      sessionAffinity: "None",
      ports: [{ port: 80, protocol: "TCP", targetPort: 8080 }],
    },
  };
}

function sliceObject(name: string, { backend, node }: TestBench): EndpointSlice {
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name, namespace, labels: { "kubernetes.io/service-name": name } },
    addressType: backend.includes(":") ? "IPv6" : "IPv4",
    ports: [{ name: "", port: 8080, protocol: "TCP" }],
    endpoints: [
      {
        addresses: [backend],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: node,
      },
    ],
  };
}

function endpointsObject(name: string, { backend, node }: TestBench): Endpoints {
  return {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: { name, namespace },
    subsets: [{ addresses: [{ ip: backend, nodeName: node }], ports: [{ port: 8080, protocol: "TCP" }] }],
  };
}
