import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { applyYaml } from "@kubenetsim/core/apiserver/apply";
import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { emptyState } from "@kubenetsim/core/apiserver/empty-state";
import { settle } from "@kubenetsim/core/controllers/settle";
import { type Clock, virtualClock } from "@kubenetsim/core/runtime/clock";
import { type Random, seededRandom } from "@kubenetsim/core/runtime/random";
import type { Cni } from "@kubenetsim/network/topology/input";
import { load, loadAll } from "js-yaml";

/** A recorded cluster: its objects after the API server and the controllers, and how its network was made. */
export interface Scenario {
  readonly path: string;
  readonly state: ClusterState;
  readonly cni: Cni;
  readonly random: Random;
  readonly clock: Clock;
}

/** Applies a case's `cluster.yaml` to an API server like the recorded one and lets the controllers settle. */
export function readScenario(path: string): Scenario {
  const random = seededRandom("conformance");
  const clock = virtualClock();
  const options = readYaml(join(path, "options.yaml")) as { cni?: Cni } | undefined;
  const source = join(path, "cluster.yaml");
  const context = { random, clock };
  const applied = applyYaml(
    emptyState({ serviceCIDRs: ["10.96.0.0/12", "fd00:10:96::/112"] }),
    asRecorded(readFileSync(source, "utf8")),
    source,
    context,
  );
  return { path, state: settle(applied.state, context).state, cni: options?.cni ?? "bridge", random, clock };
}

/**
 * The recorder read its YAML with a library for which a bare y is text, while it is true to Kubernetes, and posted JSON;
 * so does this.
 */
function asRecorded(text: string): string {
  const documents = loadAll(text).filter((document) => document !== null && document !== undefined);
  return documents.map((document) => JSON.stringify(document)).join("\n---\n");
}

/** The first document of a file; undefined where there is none. */
function readYaml(path: string): unknown {
  return existsSync(path) ? load(readFileSync(path, "utf8")) : undefined;
}
