import { type CheckResult, type Family, failed, passed } from "../family.ts";
import { firstDifference } from "../first-difference.ts";
import { checkAnswers } from "../ingress/answers-check.ts";
import { backendDigests } from "../ingress/backend-digest.ts";
import { canonical } from "../ingress/comparison.ts";
import {
  type IngressAnswers,
  readIngressAnswers,
  readIngressCase,
  type ServerDigest,
} from "../ingress/ingress-case.ts";
import { listIngresses } from "../ingress/list-ingresses.ts";
import { type Recording, replay } from "../ingress/recorded-controller.ts";
import { secondOfListing } from "../ingress/recorded-times.ts";
import { serverDigests } from "../ingress/server-digest.ts";
import { isFileIn } from "../path-of-case.ts";

/** The recordings keep so many lines of the controller's log. */
const keptLines = 12;

/** Objects and requests through ingress-nginx; each part of the expected file is one check. */
export const ingress: Family = {
  name: "ingress",
  claims: (path, isFolder) => !isFolder && isFileIn(path, "ingress", ".yaml"),
  *run(path: string): Iterable<CheckResult> {
    const answers = readIngressAnswers(path);
    const recorded = readIngressCase(path);
    const recording = replay(recorded, answers);
    yield check("servers", serverLines(answers.servers), serverLines(serverDigests(recording.controller.running!)));
    yield check(
      "backends",
      backendLines(answers.backends),
      backendLines(backendDigests(recording.controller.running!)),
    );
    yield check(
      "kubectlGetIngress",
      answers.kubectlGetIngress,
      listIngresses(recording.state, secondOfListing(answers)),
    );
    yield check("controllerWarnings", withoutUids(answers.controllerWarnings), warningLines(recording));
    yield check("reloads", [String(answers.reloads)], [String(recording.reloads)]);
    yield* checkAnswers(answers, recording);
  },
};

function check(group: string, expected: readonly string[], actual: readonly string[]): CheckResult {
  const difference = firstDifference(expected, actual);
  return difference === undefined ? passed(group) : failed(group, difference);
}

/** A line for each server and location, in the order of the file. */
function serverLines(servers: readonly ServerDigest[]): string[] {
  return servers.flatMap(({ locations, ...server }) => {
    return [canonical(server), ...locations.map((location) => withoutUids([canonical(location)])[0]!)];
  });
}

/** A line for each backend, its endpoints sorted. */
function backendLines(backends: IngressAnswers["backends"]): string[] {
  return backends.map((backend) => canonical({ ...backend, endpoints: [...backend.endpoints].sort() }));
}

function warningLines({ log }: Recording): string[] {
  const lines = log.map(({ source, message }) => `${source}] ${message.split("\n")[0]!}`);
  return withoutUids(lines.slice(0, keptLines));
}

const uid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** The API server makes up uids. */
function withoutUids(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(uid, "UID"));
}
