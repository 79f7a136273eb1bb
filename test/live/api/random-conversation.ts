import type { Random } from "@kubenetsim/core/runtime/random";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { chance, pick } from "../ipvs/random-draws.ts";
import type { JsonObject } from "./random-fields.ts";
import { type Draft, randomObject } from "./random-object.ts";
import { spoiled } from "./spoiled.ts";

/** One request; `NAMESPACE` in its path stands for one that nobody else uses. */
export interface Request {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly accept?: string;
  readonly body?: JsonObject;
}

/** What somebody asks of an API server, one request after the other. */
export interface Conversation {
  readonly requests: readonly Request[];
}

const table = "application/json;as=Table;v=v1;g=meta.k8s.io";
const mergePatch = "application/merge-patch+json";
const strategicPatch = "application/strategic-merge-patch+json";

/** The same for the same seed: an object, right or spoiled, then changes of it and looks at it. */
export function randomConversation(seed: number): Conversation {
  const random = seededRandom(String(seed)).fork("conversation");
  const draft = randomObject(random, `o${random.below(3)}`);
  const collection = draft.collection.replace("*", "namespaces/NAMESPACE");
  const requests: Request[] = [
    write(random, "POST", collection, chance(random, 0.6) ? draft.object : spoiled(random, draft.object)),
  ];
  const path = `${collection}/${(draft.object.metadata as JsonObject).name as string}`;
  for (let step = random.below(3); step > 0; step--) requests.push(change(random, path, draft));
  if (chance(random, 0.4))
    requests.push({ method: "GET", path: chance(random, 0.5) ? path : collection, accept: table });
  if (chance(random, 0.3))
    requests.push({ method: "DELETE", path, query: { gracePeriodSeconds: "0" } }, { method: "GET", path });
  return { requests };
}

function change(random: Random, path: string, draft: Draft): Request {
  const object = randomObjectOf(random, draft);
  if (chance(random, 0.5)) return write(random, "PUT", path, chance(random, 0.5) ? object : spoiled(random, object));
  const { apiVersion: _, kind: __, metadata, ...rest } = object;
  const body: JsonObject = chance(random, 0.4)
    ? { metadata: { labels: { changed: "yes" } } }
    : { metadata: metadata!, ...rest };
  return { ...write(random, "PATCH", path, body), contentType: pick(random, [mergePatch, strategicPatch]) };
}

/** Another object of the same kind and name. */
function randomObjectOf(random: Random, { object: { kind, metadata } }: Draft): JsonObject {
  const name = (metadata as JsonObject).name as string;
  for (;;) {
    const { object } = randomObject(random, name);
    if (object.kind === kind) return object;
  }
}

function write(random: Random, method: "POST" | "PUT" | "PATCH", path: string, body: JsonObject): Request {
  const fieldValidation = pick(random, ["Strict", "Warn", "Ignore"]);
  return { method, path, query: { fieldValidation, ...(chance(random, 0.1) ? { dryRun: "All" } : {}) }, body };
}
