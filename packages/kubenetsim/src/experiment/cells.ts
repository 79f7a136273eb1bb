import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Cell, Experiment } from "./experiment.ts";
import { mostEndpointsOfNode, mostNodes } from "./fresh-site.ts";
import { mostNodePorts } from "./made-cluster.ts";
import { defaultParameters, type ParameterName, type Parameters, parameterNames } from "./parameters.ts";

/** Of the Service range of a made cluster, 10.96.0.0/12, and of the Pods' where there is one node. */
const mostServices = 100_000;
const mostEndpoints = 20_000;
const mostEndpointsInAll = 600_000;
const mostCells = 10_000;
/** Of 256 addresses each in 100.64.0.0/10, and one more. */
const mostSourceRanges = 10_000;
/** Each takes a port of the node, of 28,232. */
const mostServicesInUserspace = 28_000;

/** Memory that a cell takes in the dearest mode: 20,000 Services in nftables mode, and 2,000 with 100 endpoints in iptables mode, measured with Node 20. */
const bytesOfService = 14_000;
const bytesOfEndpoint = 3_300;

/** A cell that cannot be measured, with the parameter that is to be another. */
export class ImpossibleCell extends ParseError {
  readonly parameter: ParameterName;

  constructor(parameter: ParameterName, message: string, hint: string) {
    super(message, { hint });
    this.parameter = parameter;
  }
}

/**
 * All cells of an experiment in their order: the last parameter varies fastest, the seed slowest.
 *
 * @throws ParseError for an empty list of values; ImpossibleCell for values that do not go together, and for what is too large, with the memory
 *   that it would take
 */
export function cellsOf({ name, vary, seeds }: Experiment): Cell[] {
  if (seeds.length === 0)
    throw new ParseError(`${name}: seeds: there is none`, { hint: "leave it out for one of its own" });
  let combinations: Parameters[] = [defaultParameters];
  for (const parameter of parameterNames) {
    const values: readonly unknown[] = vary[parameter] ?? [defaultParameters[parameter]];
    if (values.length === 0) {
      throw new ParseError(`${name}: vary.${parameter}: the list is empty`, {
        hint: "leave it out, or give it a value",
      });
    }
    if (combinations.length * values.length * seeds.length > mostCells) {
      throw new ParseError(`${name}: more than ${grouped(mostCells)} cells`, { hint: "vary fewer values at once" });
    }
    combinations = combinations.flatMap((each) => values.map((value) => ({ ...each, [parameter]: value })));
  }
  for (const parameters of combinations) requirePossible(name, parameters);
  const ofSeeds = seeds.flatMap((seed) => combinations.map((parameters) => ({ seed, parameters })));
  return ofSeeds.map((cell, index) => ({ index, ...cell }));
}

function requirePossible(name: string, parameters: Parameters): void {
  requireRoom(name, parameters);
  for (const [isImpossible, parameter, message, hint] of conflictsOf(parameters)) {
    if (isImpossible) throw new ImpossibleCell(parameter, `${name}: ${message}`, hint);
  }
}

function requireRoom(name: string, { services, endpoints, nodes, sourceRanges }: Parameters): void {
  const inAll = services * (endpoints + sourceRanges);
  const ofNode = Math.ceil(endpoints / nodes);
  const mostOfNode = nodes === 1 ? mostEndpoints : mostEndpointsOfNode;
  if (services <= mostServices && ofNode <= mostOfNode && inAll <= mostEndpointsInAll) return;
  const bytes = memoryText(bytesOf({ services, endpoints, sourceRanges }));
  const of = sourceRanges === 0 ? "" : ` and ${grouped(sourceRanges)} source ranges`;
  throw new ImpossibleCell(
    services > mostServices ? "services" : sourceRanges > endpoints ? "sourceRanges" : "endpoints",
    `${name}: ${grouped(services)} Services with ${grouped(endpoints)} endpoints${of} each would take about ${bytes} of memory`,
    `at most ${grouped(mostServices)} Services, ${grouped(mostOfNode)} endpoints of one on a node, ${grouped(mostSourceRanges)} source ranges of one, and ${grouped(mostEndpointsInAll)} of both in all`,
  );
}

/** What cannot be, why, and what to do about it. */
function conflictsOf(
  parameters: Parameters,
): (readonly [isSo: boolean, wrong: ParameterName, message: string, hint: string])[] {
  const { services, endpoints, nodes, type, trafficPolicy, from, sourceRanges, mode, churn, endpointChurn } =
    parameters;
  const takesNodePorts = type === "NodePort" || (type === "LoadBalancer" && trafficPolicy === "Local");
  return [
    [
      mode === "userspace" && services > mostServicesInUserspace,
      "services",
      "in userspace mode each Service takes one of the node's local ports",
      `at most ${grouped(mostServicesInUserspace)} Services in userspace mode`,
    ],
    [
      churn > services,
      "churn",
      `${grouped(churn)} of ${grouped(services)} Services cannot change`,
      "vary.churn must not be above vary.services",
    ],
    [
      endpointChurn > endpoints,
      "endpointChurn",
      `${grouped(endpointChurn)} of ${grouped(endpoints)} endpoints cannot change`,
      "vary.endpointChurn must not be above vary.endpoints",
    ],
    [nodes > mostNodes, "nodes", `there are no ${grouped(nodes)} nodes`, `at most ${mostNodes}`],
    [nodes < 2 && from === "other-node", "from", "there is no other node", "give vary.nodes 2 or more"],
    [
      takesNodePorts && services > mostNodePorts,
      "services",
      `${grouped(services)} Services do not get a node port each`,
      `at most ${grouped(mostNodePorts)}: node ports are 30000 to 32767`,
    ],
    [
      sourceRanges > 0 && type !== "LoadBalancer",
      "sourceRanges",
      `Services of type ${type} have no source ranges`,
      "give vary.type LoadBalancer",
    ],
    [
      sourceRanges > mostSourceRanges,
      "sourceRanges",
      `there are no ${grouped(sourceRanges)} source ranges`,
      `at most ${grouped(mostSourceRanges)}`,
    ],
  ];
}

/** The same for cells that differ in what is sent alone: they share their cluster when they are measured one after another. */
export function groupOf({ seed, parameters }: Cell): string {
  return JSON.stringify([seed, { ...parameters, position: "", connection: "", from: "" }]);
}

/** Memory that a cell takes at most, about. */
export function bytesOf({
  services,
  endpoints,
  sourceRanges,
}: Pick<Parameters, "services" | "endpoints" | "sourceRanges">): number {
  return services * bytesOfService + services * (endpoints + sourceRanges) * bytesOfEndpoint;
}

function memoryText(bytes: number): string {
  const units = ["GB", "TB", "PB", "EB"];
  let value = bytes / 1e9;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${value < 10 ? value.toFixed(1) : grouped(Math.round(value))} ${units[unit]}`;
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ",");
}
