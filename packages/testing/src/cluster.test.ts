import { fc, test } from "@fast-check/vitest";
import { applyYaml } from "@kubenetsim/core/apiserver/apply";
import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { emptyState } from "@kubenetsim/core/apiserver/empty-state";
import { deleteObject, putObject } from "@kubenetsim/core/apiserver/write-object";
import { type SettleResult, settle } from "@kubenetsim/core/controllers/settle";
import { matchesLabels } from "@kubenetsim/core/model/label-selector";
import { familyOf, isAddress } from "@kubenetsim/core/net/address";
import { formatCidr, parseCidr } from "@kubenetsim/core/net/cidr";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { expect } from "vitest";
import { address, cidr } from "./address.ts";
import { cluster } from "./cluster.ts";
import type { GeneratedCluster } from "./generated-cluster.ts";
import { clusterComplaints } from "./invariants.ts";
import { labelSelector, labels } from "./labels.ts";
import { packetInto } from "./packet-into.ts";
import { toYaml } from "./to-yaml.ts";

const context = { random: seededRandom("cluster"), clock: virtualClock() };

function apply(generated: GeneratedCluster): ClusterState {
  return applyYaml(emptyState(), toYaml(generated), "cluster.yaml", context).state;
}

test.prop([cluster()])("the API server accepts every cluster, and it settles as it should", (generated) => {
  const { state } = settle(apply(generated), context);
  expect(clusterComplaints(state)).toEqual([]);
  for (const deployment of generated.deployments) {
    const { name, namespace } = deployment.metadata;
    expect(state.tables.Deployment.get(`${namespace}/${name}`)?.status?.readyReplicas ?? 0).toBe(
      deployment.spec.replicas,
    );
  }
});

test.prop([cluster()])("the same seed gives the same bytes, and rest is rest", (generated) => {
  const one = settle(apply(generated), context);
  const other = settle(apply(generated), context);
  expect(JSON.stringify(other.state.tables)).toBe(JSON.stringify(one.state.tables));
  expect(settle(one.state, context).changes).toEqual([]);
});

/** A status in the text takes the place of the one that the kubelet wrote, so that it has to write again. */
const withoutStatus = cluster().map((generated) => ({
  ...generated,
  pods: generated.pods.map(({ status: _, ...pod }) => pod),
}));

test.prop([withoutStatus])("applying the same text again changes nothing", (generated) => {
  const { state } = settle(apply(generated), context);
  const again = applyYaml(state, toYaml(generated), "cluster.yaml", context);
  expect(settle(again.state, context).changes).toEqual([]);
  expect(namesAndAddresses(again.state)).toEqual(namesAndAddresses(state));
});

function namesAndAddresses(state: ClusterState): unknown {
  return state.tables.Pod.values().map(({ metadata, status }) => [metadata.name, status?.podIP]);
}

type Step = { readonly what: "delete" | "unready" | "relabel" | "drop-service"; readonly place: number };

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom("delete" as const, "unready" as const, "relabel" as const, "drop-service" as const),
  place: fc.nat({ max: 20 }),
});

test.prop([cluster(), fc.array(step, { maxLength: 8 })])(
  "following changes rests where a cold start rests",
  (generated, steps) => {
    let result = settle(apply(generated), context);
    for (const one of steps) result = follow(result, one);
    expect(clusterComplaints(result.state)).toEqual([]);
    expect(settle(result.state, context).changes).toEqual([]);
  },
);

function follow(result: SettleResult, { what, place }: Step): SettleResult {
  const { state } = result;
  const pods = state.tables.Pod.values();
  const services = state.tables.Service.values();
  const pod = pods[place % Math.max(1, pods.length)];
  const service = services[place % Math.max(1, services.length)];
  const write =
    what === "drop-service"
      ? service && deleteObject(state, "Service", `${service.metadata.namespace}/${service.metadata.name}`)
      : pod === undefined
        ? undefined
        : what === "delete"
          ? deleteObject(state, "Pod", `${pod.metadata.namespace}/${pod.metadata.name}`)
          : what === "unready"
            ? putObject(state, { ...pod, status: { ...pod.status, conditions: [{ type: "Ready", status: "False" }] } })
            : putObject(state, { ...pod, metadata: { ...pod.metadata, labels: {} } });
  if (write === undefined) return result;
  const changes: readonly Change[] = [write.change];
  return settle(write.state, context, { since: { result, changes } });
}

test.prop([cluster({ maxServices: 3 }).chain((generated) => packetInto(settle(apply(generated), context).state))])(
  "packets have a sender and a destination of one family",
  ({ source, destination, port }) => {
    expect(source.address.includes(":")).toBe(destination.includes(":"));
    expect(port).toBeGreaterThan(0);
  },
);

test.prop([address(), address("IPv6")])("addresses are canonical and of the family asked for", (any, six) => {
  expect(isAddress(any)).toBe(true);
  expect(familyOf(six)).toBe("IPv6");
});

test.prop([cidr()])("ranges print and parse", (range) => {
  expect(parseCidr(formatCidr(range))).toEqual(range);
});

test.prop([labelSelector(), labels()])(
  "a selector without expressions matches the labels it names",
  (selector, set) => {
    expect(matchesLabels({ matchLabels: selector.matchLabels ?? {} }, { ...set, ...selector.matchLabels })).toBe(true);
  },
);
