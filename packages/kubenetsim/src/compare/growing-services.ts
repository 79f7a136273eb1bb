import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { IpAddress } from "@kubenetsim/core/net/address";
import { type Cidr, cidrAddress, cidrSize, parseCidr } from "@kubenetsim/core/net/cidr";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { clusterIPService, readyEndpoints, readySlice } from "../experiment/made-objects.ts";
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
    const made = { namespace, name, address, protocol: "TCP", port: 80, targetPort: 8080 } as const;
    const endpoints = [{ address: this.#bench.backend, node: this.#bench.node }];
    const change = { revision: 0, key: `${namespace}/${name}`, before: undefined } as const;
    return {
      address,
      changes: [
        { ...change, kind: "Service", after: clusterIPService(made) },
        { ...change, kind: "EndpointSlice", after: readySlice(made, endpoints) },
        { ...change, kind: "Endpoints", after: readyEndpoints(made, endpoints) },
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
