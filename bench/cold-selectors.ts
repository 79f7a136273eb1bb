import { LabelIndex } from "@kubenetsim/core/controllers/label-index";
import { objectKey } from "@kubenetsim/core/model/api-object";
import type { Pod } from "@kubenetsim/core/model/pod";
import type { Service } from "@kubenetsim/core/model/service";
import { type Block, comparePairs, consume, cpuNs, type Measure } from "./harness.ts";
import { podObject, podsPerService, selectingService } from "./large-objects.ts";

/** The controllers' index of all Pods made anew, and asked for the Pods of each Service: milliseconds. */
export function coldSelectors(services: number): Block {
  const { pods, selecting } = objectsOf(services);
  return () =>
    cpuNs(1e6, () => {
      const index = new LabelIndex();
      for (const pod of pods) index.add(pod.metadata.namespace!, objectKey(pod), pod.metadata.labels);
      let sum = 0;
      for (const { metadata, spec } of selecting) sum += index.matching(metadata.namespace!, spec.selector!).length;
      consume(sum);
    });
}

/** The least that it takes: numbers of Pods by namespace and pair, and the rarest pair's Pods looked at. */
function invertedIndex(services: number): Block {
  const { pods, selecting } = objectsOf(services);
  return () =>
    cpuNs(1e6, () => {
      const postings = new Map<string, Map<string, number[]>>();
      pods.forEach((pod, number) => {
        const { namespace, labels } = pod.metadata;
        const pairs = postings.get(namespace!) ?? new Map<string, number[]>();
        postings.set(namespace!, pairs);
        for (const key in labels) {
          const pair = `${key}=${labels[key]}`;
          const posting = pairs.get(pair);
          if (posting === undefined) pairs.set(pair, [number]);
          else posting.push(number);
        }
      });
      let sum = 0;
      for (const service of selecting) sum += countMatches(service, pods, postings.get(service.metadata.namespace!)!);
      consume(sum);
    });
}

function countMatches(service: Service, pods: readonly Pod[], pairs: ReadonlyMap<string, readonly number[]>): number {
  const selector = Object.entries(service.spec.selector!);
  const lists = selector.map(([key, value]) => pairs.get(`${key}=${value}`) ?? []);
  const rarest = lists.reduce((least, list) => (list.length < least.length ? list : least));
  let count = 0;
  for (const number of rarest) {
    const { labels } = pods[number]!.metadata;
    if (selector.every(([key, value]) => labels![key] === value)) count++;
  }
  return count;
}

function objectsOf(services: number): { readonly pods: readonly Pod[]; readonly selecting: readonly Service[] } {
  return {
    pods: Array.from({ length: services * podsPerService }, (_, i) => podObject(i)),
    selecting: Array.from({ length: services }, (_, i) => selectingService(i)),
  };
}

export const selectorMeasures: readonly Measure[] = [
  {
    id: "17",
    name: "150,000 Pods by the selectors of 10,000 Services, cold, against a bare inverted index",
    must: 6,
    aim: 3,
    run: (measure) =>
      comparePairs(measure, { candidate: coldSelectors(10_000), reference: invertedIndex(10_000), unit: "ms" }),
  },
];
