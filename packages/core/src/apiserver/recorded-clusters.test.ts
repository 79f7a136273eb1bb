import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { virtualClock } from "../runtime/clock.ts";
import { StatusError } from "../runtime/errors.ts";
import { seededRandom } from "../runtime/random.ts";
import { applyYaml } from "./apply.ts";
import type { ClusterState } from "./cluster-state.ts";
import { emptyState } from "./empty-state.ts";
import type { PlainObject } from "./manifest/manifest-document.ts";
import { readManifests } from "./manifest/read-manifests.ts";

// The recordings of a real control plane; they are not part of the repository.
const folder = fileURLToPath(new URL("../../../../../shared/conformance/cluster/", import.meta.url));
const present = existsSync(folder);
const scenarios = present
  ? readdirSync(folder).filter((name) => existsSync(`${folder}${name}/expected/services.yaml`))
  : [];
const context = () => ({ random: seededRandom("recorded"), clock: virtualClock() });
const recordedCluster = (): ClusterState => emptyState({ serviceCIDRs: ["10.96.0.0/12", "fd00:10:96::/112"] });

describe.skipIf(!present)("applying a recorded cluster gives the Services that the real API server gave", () => {
  test.each(scenarios)("%s", (name) => {
    // The recorder wrote the objects with another YAML library, for which a bare y is text; to Kubernetes it is true.
    const text = quoteBareY(readFileSync(`${folder}${name}/cluster.yaml`, "utf8"));
    const { state } = applyYaml(recordedCluster(), text, `${name}/cluster.yaml`, context());
    const recorded = quoteBareY(readFileSync(`${folder}${name}/expected/services.yaml`, "utf8"));
    const expected = readManifests(recorded, "services.yaml").map((document) => document.object);
    // Some Services were made by later commands of the recording; api-invalid and kubectl-create are about those.
    const ours = new Map(
      state.tables.Service.values().map((service) => [
        `${service.metadata.namespace}/${service.metadata.name}`,
        service,
      ]),
    );
    let compared = 0;
    for (const object of expected) {
      const metadata = object.metadata as PlainObject;
      const service = ours.get(`${metadata.namespace}/${metadata.name}`);
      if (service === undefined && (name === "api-invalid" || name === "kubectl-create")) continue;
      expect(comparable(service)).toEqual(object);
      compared++;
    }
    expect(compared).toBeGreaterThan(0);
  });
});

const quoteBareY = (text: string): string => text.replaceAll(/: y$/gm, ': "y"');

/** Less what the recorder left out. */
function comparable(service: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(service));
  for (const field of ["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields"])
    delete copy.metadata[field];
  return copy;
}

const refusals = present ? readRefusals(`${folder}api-invalid/`) : [];

describe.skipIf(!present)("refusals are worded as the real API server words them", () => {
  test.each(refusals)("$file", ({ path, file, expected }) => {
    const before = recordedCluster();
    const run = () => applyYaml(before, readFileSync(path, "utf8"), file, context());
    if (expected === undefined) {
      expect(run().changes).toHaveLength(1);
      return;
    }
    const error = refusalOf(run);
    expect(kubectlText(error, file)).toBe(expected);
    expect(error.position?.source).toBe(file);
  });
});

function refusalOf(run: () => unknown): StatusError {
  try {
    run();
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

/** As `kubectl apply -f` prints a refusal. */
function kubectlText(error: StatusError, file: string): string {
  if (error.reason === "BadRequest") {
    return `Error from server (BadRequest): error when creating "${file}": ${error.message}`;
  }
  const head = /^(\S+) "(.*?)" is invalid: /.exec(error.message)!;
  const lines = error.causes.map((cause) => `${cause.field}: ${cause.message}`);
  const list = lines.length === 1 ? lines[0] : `\n${lines.map((line) => `* ${line}`).join("\n")}`;
  return `The ${head[1]} "${head[2]}" is invalid: ${list}`;
}

function readRefusals(scenario: string): { path: string; file: string; expected: string | undefined }[] {
  const text = readFileSync(`${scenario}expected/invalid.txt`, "utf8");
  return text
    .split(/^\$ kubectl apply -f /m)
    .slice(1)
    .map((part) => {
      const file = part.slice(0, part.indexOf("\n"));
      const refused = /# stderr:\n([\s\S]*?)\n# exit: 1/.exec(part);
      return { path: `${scenario}invalid/${file}`, file, expected: refused?.[1] };
    });
}
