import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { IngressAddress } from "@kubenetsim/core/model/ingress";
import type { Pod } from "@kubenetsim/core/model/pod";
import type { Service } from "@kubenetsim/core/model/service";
import { describe, expect, it } from "vitest";
import { publishedAddresses } from "./published-addresses.ts";

const flags = { publishService: "n/s", publishStatusAddress: undefined, reportNodeInternalIp: false };
const pod = { metadata: { namespace: "n", name: "p" }, spec: {} } as unknown as Pod;

function published(spec: Partial<Service["spec"]>, ingress: readonly IngressAddress[] = []): unknown {
  const service = { metadata: { namespace: "n", name: "s" }, spec, status: { loadBalancer: { ingress } } };
  const state = { tables: { Service: new Map([["n/s", service as Service]]) } } as unknown as ClusterState;
  return publishedAddresses(state, pod, flags);
}

const clusterIP = "10.96.0.9";
const externalIPs = ["203.0.113.2", "203.0.113.1"];

/** internal/ingress/status/status.go `statusAddressFromService`, the addresses in order. */
describe("the addresses of a Service that is published", () => {
  it.each<[Partial<Service["spec"]>, readonly IngressAddress[]]>([
    [{ type: "ClusterIP", clusterIP, externalIPs }, [{ ip: clusterIP }]],
    [{ type: "NodePort", clusterIP }, [{ ip: clusterIP }]],
    [{ type: "NodePort", clusterIP, externalIPs }, [{ ip: "203.0.113.1" }, { ip: "203.0.113.2" }]],
    [{ type: "ExternalName", externalName: "lb.test" }, [{ hostname: "lb.test" }]],
  ])("%j", (spec, addresses) => {
    expect(published(spec)).toEqual(addresses);
  });

  it("are those of its load balancer, and its external ones once", () => {
    const balanced = [{ ip: "203.0.113.2" }, { hostname: "lb.test" }];
    const addresses = [{ ip: "203.0.113.1" }, { ip: "203.0.113.2" }, { hostname: "lb.test" }];
    expect(published({ type: "LoadBalancer", clusterIP, externalIPs }, balanced)).toEqual(addresses);
  });
});
