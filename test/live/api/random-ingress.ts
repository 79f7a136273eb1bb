import type { Random } from "@kubenetsim/core/runtime/random";
import { chance, pick } from "../ipvs/random-draws.ts";
import { type Json, type JsonObject, many, portNumber, some, word } from "./random-fields.ts";

const hosts: readonly string[] = [
  "a.example.org",
  "*.b.example.org",
  "c.example.org",
  "",
  "*",
  "*.",
  "a.*.example.org",
  "*example.org",
  "A.example.org",
  "a_b.example.org",
  "10.0.0.1",
  "fd00::1",
  "a.example.org:80",
  `${"a".repeat(64)}.example.org`,
  "a.example.org.",
];

const paths: readonly string[] = [
  "/",
  "/a",
  "/a/b",
  "/x.*",
  "",
  "a",
  "/a//b",
  "/a/./b",
  "/a/../b",
  "/a/..",
  "/a/.",
  "/a%2fb",
  "/a%2Fb",
  "/a b",
  "/(",
  "//",
];

const classAnnotation = "kubernetes.io/ingress.class";

/** The spec of an Ingress with all that may be wrong in one. */
export function randomIngressSpec(random: Random): JsonObject {
  return {
    ...some(random, 0.5, "ingressClassName", () => pick(random, ["nginx", "nginx", "other", "Bad Class", ""])),
    ...some(random, 0.3, "defaultBackend", backend),
    ...some(random, 0.3, "tls", (draws) => many(draws, 2, tlsEntry) as Json),
    ...some(random, 0.9, "rules", (draws) => many(draws, 3, rule) as Json),
  };
}

/** Annotations that the API server reads. */
export function withClassAnnotation(random: Random, metadata: JsonObject): JsonObject {
  if (!chance(random, 0.2)) return metadata;
  return { ...metadata, annotations: { [classAnnotation]: pick(random, ["nginx", "other", "", "Bad Class"]) } };
}

function rule(random: Random): JsonObject {
  return {
    ...some(random, 0.8, "host", () => often(random, hosts, 3)),
    ...some(random, 0.9, "http", (draws) => ({ paths: many(draws, 3, path) as Json })),
  };
}

function path(random: Random): JsonObject {
  return {
    ...some(random, 0.9, "path", () => often(random, paths, 4)),
    ...some(random, 0.97, "pathType", () =>
      often(random, ["Prefix", "Exact", "ImplementationSpecific", "Regex", ""], 3),
    ),
    backend: backend(random),
  };
}

function backend(random: Random): JsonObject {
  const port = (): JsonObject => ({
    ...some(random, 0.6, "number", () => pick(random, [portNumber(random), portNumber(random), 0, -1, 70000])),
    ...some(random, 0.3, "name", () => pick(random, ["http", "http", "Bad Port", ""])),
  });
  return {
    ...some(random, 0.95, "service", () => ({
      ...some(random, 0.95, "name", () => pick(random, [word(random), word(random), "Bad_Name", "1a", "a.b", ""])),
      ...some(random, 0.9, "port", port),
    })),
    ...some(random, 0.07, "resource", () => ({
      ...some(random, 0.3, "apiGroup", () => pick(random, ["example.org", "Bad Group"])),
      ...some(random, 0.9, "kind", () => pick(random, ["Bucket", "bad kind"])),
      ...some(random, 0.9, "name", () => pick(random, ["own", "Bad/Name"])),
    })),
  };
}

function tlsEntry(random: Random): JsonObject {
  return {
    ...some(random, 0.8, "hosts", () => many(random, 3, () => often(random, hosts, 3)) as Json),
    ...some(random, 0.8, "secretName", () => pick(random, ["cert", "cert", "", "Bad_Name", "a.b"])),
  };
}

/** Mostly one of the first. */
function often(random: Random, choices: readonly string[], first: number): string {
  return pick(random, chance(random, 0.75) ? choices.slice(0, first) : choices);
}
