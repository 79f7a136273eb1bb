import { Cluster, type ClusterSnapshot } from "kubenetsim";
import { nsBlock, quantile } from "./harness.ts";
import { podObject, podsPerService, selectingService } from "./large-objects.ts";

/**
 * `node --expose-gc cluster-child.js heap SERVICES` or `… snapshots SERVICES CHANGES`: a cluster in a process of its own, whose
 * heap holds nothing else. Prints JSON.
 */
const [kind, servicesText, changesText] = process.argv.slice(2);
const services = Number(servicesText);

/** What is in use after garbage collection, in bytes. */
function heap(): number {
  globalThis.gc!();
  globalThis.gc!();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Services of ten endpoints and half as many Pods again, settled. */
function settledCluster(): Cluster {
  const lab = Cluster.create({ nodes: ["n0", "n1"] });
  lab.applyAll([...objectTexts()].map((text, i) => ({ source: `objects-${i}.json`, text })));
  lab.settle();
  return lab;
}

/** JSON lines, in texts of a few megabytes. */
function* objectTexts(): Generator<string> {
  const each = 500;
  for (let from = 0; from < services; from += each) {
    const lines: string[] = [];
    for (let i = from; i < Math.min(from + each, services); i++) {
      lines.push(JSON.stringify(selectingService(i)));
      for (let p = 0; p < podsPerService; p++) lines.push(JSON.stringify(podObject(i * podsPerService + p)));
    }
    // In one piece, as a file's text is.
    yield Buffer.from(lines.join("\n")).toString();
  }
}

/** The cluster with one node's rules in use, and its objects alone as JSON.parse makes them: bytes. */
function measureHeap(): { readonly cluster: number; readonly objects: number } {
  const empty = heap();
  const lab = settledCluster();
  lab.node("n0").iptablesSave("nat");
  const full = heap();
  const objects = Object.values(lab.state.tables).map((table) =>
    (table.values() as readonly object[]).map((object) => JSON.parse(JSON.stringify(object)) as object),
  );
  return { cluster: full - empty, objects: heap() - full + 0 * objects.length };
}

/** Bytes for each change of an object whose snapshot is kept, and nanoseconds of a snapshot. */
function measureSnapshots(changes: number): { readonly bytes: number; readonly ns: number } {
  const lab = settledCluster();
  const kept: ClusterSnapshot[] = [];
  change(lab, 0, changes);
  const before = heap();
  let writes = 0;
  for (let i = 0; i < changes; i++) {
    writes += change(lab, i, 1);
    kept.push(lab.snapshot());
  }
  const bytes = (heap() - before) / writes;
  return { bytes, ns: snapshotTime(lab) };
}

/**
 * Nanoseconds of a snapshot. They are not kept here: to move them in the heap would be the collector's cost. So is the first block: the
 * collector's threads still sweep the heap, the more the larger it is, and what they take counts as this process's.
 */
function snapshotTime(lab: Cluster): number {
  const last: ClusterSnapshot[] = [];
  const block = nsBlock(200_000, (count) => {
    for (let i = 0; i < count; i++) last[i & 7] = lab.snapshot();
    return last.length;
  });
  const [, ...blocks] = Array.from({ length: 10 }, block);
  return quantile(blocks, 0.5);
}

/** Annotates Services through the API, one after another; how many objects were written. */
function change(lab: Cluster, from: number, count: number): number {
  let writes = 0;
  for (let i = from; i < from + count; i++) {
    const { name, namespace } = selectingService(i % Math.min(services, 500)).metadata;
    lab.api.handle({
      method: "PATCH",
      path: `/api/v1/namespaces/${namespace}/services/${name}`,
      query: new Map(),
      headers: { "content-type": "application/merge-patch+json" },
      body: JSON.stringify({ metadata: { annotations: { note: `note-${i}-${count}` } } }),
    });
    writes += lab.settle().length;
  }
  return writes;
}

console.log(JSON.stringify(kind === "heap" ? measureHeap() : measureSnapshots(Number(changesText))));
