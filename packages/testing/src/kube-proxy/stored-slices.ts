import type { EndpointPort, EndpointSlice, SliceEndpoint } from "@kubenetsim/core/model/endpoint-slice";
import type { IpFamily } from "@kubenetsim/core/net/address";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import * as fc from "fast-check";
import { ownNode } from "./proxy-host.ts";
import { portNames, serviceName, weighted } from "./stored-service.ts";

/** Which hints the endpoints of a Service have. kube-proxy heeds them only when every ready endpoint has some. */
type HintStyle = "none" | "zones" | "nodes" | "both" | "some";

interface EndpointPlan {
  readonly place: number;
  readonly node: string | undefined;
  readonly ready: boolean | undefined;
  readonly serving: boolean | undefined;
  readonly terminating: boolean | undefined;
  readonly zones: readonly string[];
  readonly hinted: boolean;
  /** Its address has a leading zero, as objects may that were stored long ago. */
  readonly sloppy: boolean;
}

interface SlicePlan {
  readonly ports: readonly EndpointPort[] | undefined;
  readonly takes: readonly boolean[];
  readonly label: "own" | "headless" | "none";
}

const maxSlices = 3;

/** The slices of a Service: of one family or both, up to three of each, which may hold the same endpoints. */
export function storedSlices(number: number): fc.Arbitrary<readonly EndpointSlice[]> {
  const families = weighted<readonly IpFamily[]>([
    [4, ["IPv4"]],
    [2, ["IPv6"]],
    [3, ["IPv4", "IPv6"]],
  ]);
  return fc
    .record({
      families,
      hints: weighted<HintStyle>([
        [4, "none"],
        [2, "zones"],
        [1, "nodes"],
        [1, "both"],
        [1, "some"],
      ]),
      endpoints: fc.uniqueArray(endpointPlan(), { maxLength: 6, selector: ({ place }) => place }),
      twin: weighted([
        [6, false],
        [1, true],
      ]),
      slices: fc.array(slicePlan(), { minLength: 1, maxLength: maxSlices }),
    })
    .map(({ families: all, hints, endpoints, twin, slices }) =>
      all.flatMap((family) =>
        slices.map((slice, index) => {
          const listed = endpoints
            .filter((_, place) => slice.takes[place])
            .map((one) => endpointOf(one, family, number, hints));
          const doubled = twin && slices.length === 1 ? listed.flatMap(withTwin) : listed;
          return sliceOf(slice, family, number, index, doubled);
        }),
      ),
    );
}

/** The slices of a Service of one port with so many endpoints: what makes a cluster large. */
export function crowdedSlices(number: number, endpoints: number): readonly EndpointSlice[] {
  const list = Array.from(
    { length: endpoints },
    (_, index): SliceEndpoint => ({
      addresses: [`10.245.${number}.${index}`],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: `node${(index % 3) + 1}`,
    }),
  );
  const slice: SlicePlan = { ports: [{ name: "", port: 8080, protocol: "TCP" }], takes: [], label: "own" };
  return [sliceOf(slice, "IPv4", number, 0, list)];
}

/** The names that a Service's slices may have. */
export function sliceNames(number: number): readonly string[] {
  const { name } = serviceName(number);
  const places = Array.from({ length: maxSlices }, (_, index) => index);
  return ["ipv4", "ipv6"].flatMap((family) => places.map((index) => `${name}-${family}-${index}`));
}

function endpointPlan(): fc.Arbitrary<EndpointPlan> {
  const condition = (usual: boolean) =>
    weighted<boolean | undefined>([
      [6, usual],
      [2, !usual],
      [1, undefined],
    ]);
  return fc.record({
    place: fc.integer({ min: 1, max: 12 }),
    node: weighted<string | undefined>([
      [4, ownNode],
      [4, "node2"],
      [1, "ghost"],
      [1, undefined],
    ]),
    ready: condition(true),
    serving: condition(true),
    terminating: condition(false),
    zones: fc.constantFrom<readonly string[]>(["zone-a"], ["zone-b"], ["zone-a", "zone-b"]),
    hinted: fc.boolean(),
    sloppy: weighted([
      [12, false],
      [1, true],
    ]),
  });
}

function slicePlan(): fc.Arbitrary<SlicePlan> {
  const named: fc.Arbitrary<EndpointPort> = fc.record({
    name: weighted<string>([[4, ""], ...portNames.map((name) => [3, name] as const), [1, "stray"]]),
    port: fc.constantFrom(8080, 5353, 80),
    protocol: weighted<Protocol>([
      [4, "TCP"],
      [3, "UDP"],
      [1, "SCTP"],
    ]),
  });
  return fc.record({
    ports: fc.oneof(
      {
        weight: 12,
        arbitrary: fc.uniqueArray(named, {
          minLength: 1,
          maxLength: 5,
          selector: ({ name, protocol }) => `${name}/${protocol}`,
        }),
      },
      { weight: 1, arbitrary: fc.constant([{ name: "", protocol: "TCP" }] as readonly EndpointPort[]) },
      { weight: 1, arbitrary: fc.constant(undefined) },
    ),
    takes: fc.array(
      weighted([
        [3, true],
        [1, false],
      ]),
      { minLength: 6, maxLength: 6 },
    ),
    label: weighted<SlicePlan["label"]>([
      [20, "own"],
      [1, "headless"],
      [1, "none"],
    ]),
  });
}

function endpointOf(one: EndpointPlan, family: IpFamily, number: number, style: HintStyle): SliceEndpoint {
  const conditions = {
    ...(one.ready === undefined ? {} : { ready: one.ready }),
    ...(one.serving === undefined ? {} : { serving: one.serving }),
    ...(one.terminating === undefined ? {} : { terminating: one.terminating }),
  };
  const hasHints = style !== "none" && (style !== "some" || one.hinted);
  const zones = style === "nodes" ? {} : { forZones: one.zones.map((name) => ({ name })) };
  const nodes = style === "zones" ? {} : { forNodes: [{ name: one.node ?? "node2" }] };
  return {
    addresses: [
      family === "IPv4"
        ? `10.244.${number}.${one.sloppy ? "0" : ""}${one.place}`
        : `fd00:10:244:${number.toString(16)}::${one.place}`,
    ],
    conditions,
    ...(one.node === undefined ? {} : { nodeName: one.node }),
    ...(hasHints ? { hints: { ...zones, ...nodes } } : {}),
  };
}

/** The same address a second time, in another condition. */
function withTwin(one: SliceEndpoint): SliceEndpoint[] {
  return [
    one,
    { ...one, conditions: { ready: false, serving: true, terminating: one.conditions?.terminating !== true } },
  ];
}

function sliceOf(
  { ports, label }: SlicePlan,
  family: IpFamily,
  number: number,
  index: number,
  endpoints: readonly SliceEndpoint[],
): EndpointSlice {
  const { name, namespace } = serviceName(number);
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: {
      name: `${name}-${family.toLowerCase()}-${index}`,
      namespace,
      labels: {
        ...(label === "none" ? {} : { "kubernetes.io/service-name": name }),
        ...(label === "headless" ? { "service.kubernetes.io/headless": "" } : {}),
      },
    },
    addressType: family,
    endpoints,
    ...(ports === undefined ? {} : { ports }),
  };
}
