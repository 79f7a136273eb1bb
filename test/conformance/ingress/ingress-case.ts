import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { loadAll } from "js-yaml";

/** Objects in the order of their creation, and how the controller was set up. */
export interface IngressCase {
  readonly objects: readonly ApiObject[];
  /** Names of Ingresses that were created within one second. */
  readonly sameSecond: readonly string[];
  /** The data of the controller's ConfigMap. */
  readonly config: Readonly<Record<string, string>>;
}

export interface CaseRequest {
  readonly host: string | null;
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly bodyBytes?: number;
  /** The client's address. */
  readonly src?: string;
  readonly tls?: boolean;
  /** "" for a client that sends none; the host where it is not given. */
  readonly sni?: string;
  readonly repeat?: number;
  readonly sleepMs?: number;
}

/** What the real controller and nginx answered. */
export interface IngressAnswers {
  readonly servers: readonly ServerDigest[];
  readonly backends: readonly BackendDigest[];
  readonly results: readonly { readonly request: CaseRequest; readonly answer: Answer | { runs: readonly Answer[] } }[];
  readonly reloads: number;
  readonly kubectlGetIngress: readonly string[];
  readonly controllerWarnings: readonly string[];
}

/** A server of nginx.conf: its name and its locations, each with what matters of it. */
export interface ServerDigest {
  readonly server: string;
  readonly server_name: string;
  readonly return?: string;
  readonly locations: readonly Readonly<Record<string, string | readonly string[]>>[];
}

export type BackendDigest = Readonly<Record<string, unknown>> & {
  readonly name: string;
  readonly endpoints: readonly string[];
};

export type Answer = Readonly<Record<string, unknown>> & { readonly status: number };

export function readIngressCase(path: string): IngressCase {
  const documents = loadAll(readFileSync(path, "utf8")).filter((document) => document != null) as ApiObject[];
  const objects = documents.filter(({ kind }) => (kind as string) !== "IngressCase");
  const [about] = documents.filter(
    ({ kind }) => (kind as string) === "IngressCase",
  ) as unknown as Partial<IngressCase>[];
  return { sameSecond: [], config: {}, ...about, objects };
}

export function readIngressAnswers(path: string): IngressAnswers {
  const file = join(dirname(path), "expected", basename(path).replace(/\.yaml$/, ".json"));
  return JSON.parse(readFileSync(file, "utf8")) as IngressAnswers;
}
