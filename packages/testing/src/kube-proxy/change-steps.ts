import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Service } from "@kubenetsim/core/model/service";
import * as fc from "fast-check";
import type { ProxyCaseOptions, ProxyStep } from "./proxy-case.ts";
import { zoneLabels } from "./proxy-host.ts";
import { serviceName, storedService } from "./stored-service.ts";
import { crowdedSlices, sliceNames, storedSlices } from "./stored-slices.ts";

/** One thing that happens. Those that name the same object follow each other. */
type Change =
  | { readonly service: Service }
  | { readonly slices: readonly EndpointSlice[]; readonly number: number }
  | { readonly gone: readonly string[] }
  | { readonly around: Omit<ProxyStep, "services" | "endpointSlices" | "delete"> };

/** Endpoints of a crowd: with five of them a cluster is large (more than 1,000 endpoints). */
const crowd = 203;
const crowds = 5;
const firstCrowd = 40;

/** The start and the steps after it. */
export function changeSteps(options: ProxyCaseOptions): fc.Arbitrary<readonly ProxyStep[]> {
  const { maxServices = 6, minSteps = 3, maxSteps = 5 } = options;
  // In nftables mode a Go map's order decides which of two Services gets an element; in iptables mode both have a rule.
  const mayShare = options.mode === "iptables";
  const number = fc.integer({ min: 0, max: maxServices - 1 });
  const start = fc
    .uniqueArray(number, { maxLength: maxServices, size: "max" })
    .chain((numbers) => fc.tuple(...numbers.flatMap((one) => [serviceChange(one, mayShare), slicesChange(one)])));
  const steps = fc.array(fc.array(change(number, mayShare), { minLength: 1, maxLength: 5 }), {
    minLength: minSteps,
    maxLength: maxSteps,
  });
  return fc
    .tuple(start, steps, largeSteps(minSteps))
    .map(([first, others, large]) =>
      [first, ...others].map((changes, index) => stepOf([...changes, ...(large[index] ?? [])], index)),
    );
}

function change(number: fc.Arbitrary<number>, mayShare: boolean): fc.Arbitrary<Change> {
  return fc.oneof(
    { weight: 4, arbitrary: number.chain((one) => serviceChange(one, mayShare)) },
    { weight: 6, arbitrary: number.chain(slicesChange) },
    { weight: 2, arbitrary: number.map((one) => ({ gone: [`Service/${keyOf(one)}`] })) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(number, fc.nat({ max: 5 }))
        .map(([one, place]) => ({ gone: [`EndpointSlice/${serviceName(one).namespace}/${sliceNames(one)[place]}`] })),
    },
    { weight: 2, arbitrary: surroundings().map((around) => ({ around })) },
  );
}

function serviceChange(number: number, mayShare: boolean): fc.Arbitrary<Change> {
  return storedService(number, mayShare).map((service) => ({ service }));
}

function slicesChange(number: number): fc.Arbitrary<Change> {
  return storedSlices(number).map((slices) => ({ slices, number }));
}

function surroundings(): fc.Arbitrary<Omit<ProxyStep, "services" | "endpointSlices" | "delete">> {
  return fc.oneof(
    fc.constantFrom(0.5, 2, 45, 3700).map((elapsed) => ({ elapsed })),
    zoneLabels().map((nodeLabels) => ({ nodeLabels })),
    fc.constant({ full: true }),
    fc.constant({ refuse: true }),
    fc
      .subarray(["10.96.0.0/12", "10.112.0.0/16", "fd00:10:96::/112"])
      .map((serviceCIDRs): Pick<ProxyStep, "serviceCIDRs"> => ({ serviceCIDRs })),
  );
}

/** Now and then so many endpoints come, and perhaps go again, that the cluster is large for some of the steps. */
function largeSteps(steps: number): fc.Arbitrary<readonly (readonly Change[])[]> {
  const numbers = Array.from({ length: crowds }, (_, index) => firstCrowd + index);
  const grow = numbers.flatMap((one): Change[] => [
    { service: crowdedService(one) },
    { slices: crowdedSlices(one, crowd), number: one },
  ]);
  const shrink: Change[] = [{ gone: sliceNames(firstCrowd).map((name) => `EndpointSlice/default/${name}`) }];
  const at = fc.integer({ min: 0, max: steps });
  const large = fc.tuple(at, at).map(([from, to]) => {
    const list: Change[][] = Array.from({ length: steps + 1 }, () => []);
    list[from]!.push(...grow);
    if (to > from) list[to]!.push(...shrink);
    return list;
  });
  return fc.oneof({ weight: 30, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: large });
}

function crowdedService(number: number): Service {
  const clusterIP = `10.97.0.${number}`;
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: serviceName(number).name, namespace: serviceName(number).namespace },
    spec: {
      type: "ClusterIP",
      clusterIP,
      clusterIPs: [clusterIP],
      ipFamilies: ["IPv4"],
      internalTrafficPolicy: number % 2 === 0 ? "Cluster" : "Local",
      sessionAffinity: "None",
      ports: [{ port: 80, protocol: "TCP", targetPort: 8080 }],
    },
  };
}

/** The last of what happens to an object counts. */
function stepOf(changes: readonly Change[], index: number): ProxyStep {
  const objects = new Map<string, Service | EndpointSlice | undefined>();
  let around: ProxyStep = {};
  for (const one of changes) {
    if ("service" in one) objects.set(`Service/${keyOfObject(one.service)}`, one.service);
    else if ("gone" in one) for (const name of one.gone) objects.set(name, undefined);
    else if ("around" in one) around = { ...around, ...one.around };
    else replaceSlices(objects, one.slices, one.number, index);
  }
  const present = [...objects.values()].filter((one) => one !== undefined);
  const gone = [...objects].filter(([, one]) => one === undefined).map(([name]) => name);
  return {
    services: present.filter((one) => one.kind === "Service"),
    endpointSlices: present.filter((one) => one.kind === "EndpointSlice"),
    ...(gone.length === 0 ? {} : { delete: gone }),
    ...around,
  };
}

/** New slices of a Service take the place of all its old ones. */
function replaceSlices(
  objects: Map<string, Service | EndpointSlice | undefined>,
  slices: readonly EndpointSlice[],
  number: number,
  index: number,
): void {
  const { namespace } = serviceName(number);
  if (index > 0) for (const name of sliceNames(number)) objects.set(`EndpointSlice/${namespace}/${name}`, undefined);
  for (const slice of slices) objects.set(`EndpointSlice/${keyOfObject(slice)}`, slice);
}

function keyOf(number: number): string {
  const { name, namespace } = serviceName(number);
  return `${namespace}/${name}`;
}

function keyOfObject({ metadata }: Service | EndpointSlice): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
