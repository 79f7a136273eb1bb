import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Cell, Experiment } from "./experiment.ts";
import { defaultParameters, type Parameters, parameterNames } from "./parameters.ts";

/** Of the Service range of a made cluster, 10.96.0.0/12, and of the Pods' on its one node. */
const mostServices = 100_000;
const mostEndpoints = 20_000;
const mostEndpointsInAll = 600_000;
const mostCells = 10_000;
/** Each takes a port of the node, of 28,232. */
const mostServicesInUserspace = 28_000;

/** Memory that a cell takes in the dearest mode: 20,000 Services in nftables mode, and 2,000 with 100 endpoints in iptables mode, measured with Node 20. */
const bytesOfService = 14_000;
const bytesOfEndpoint = 3_300;

/**
 * All cells of an experiment in their order: the last parameter varies fastest, the seed slowest.
 *
 * @throws ParseError for an empty list of values, and for what is too large, with the memory that it would take
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

function requirePossible(name: string, { services, endpoints, churn, mode }: Parameters): void {
  const inAll = services * endpoints;
  if (services > mostServices || endpoints > mostEndpoints || inAll > mostEndpointsInAll) {
    const bytes = services * bytesOfService + inAll * bytesOfEndpoint;
    throw new ParseError(
      `${name}: ${grouped(services)} Services with ${grouped(endpoints)} endpoints each would take about ${memoryText(bytes)} of memory`,
      {
        hint: `at most ${grouped(mostServices)} Services, ${grouped(mostEndpoints)} endpoints of one and ${grouped(mostEndpointsInAll)} in all`,
      },
    );
  }
  if (mode === "userspace" && services > mostServicesInUserspace) {
    throw new ParseError(`${name}: in userspace mode each Service takes one of the node's local ports`, {
      hint: `at most ${grouped(mostServicesInUserspace)} Services in userspace mode`,
    });
  }
  if (churn > services) {
    throw new ParseError(`${name}: ${grouped(churn)} of ${grouped(services)} Services cannot change`, {
      hint: "vary.churn must not be above vary.services",
    });
  }
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
