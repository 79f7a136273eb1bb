import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { failure } from "../../command-error.ts";
import { JsonPath } from "../../output/jsonpath/json-path.ts";
import { PathError } from "../../output/jsonpath/parse-path.ts";
import { scalarText } from "../../output/jsonpath/path-value.ts";
import { relaxedPath } from "../../output/relaxed-path.ts";

/** What `kubectl wait --for` waits for. */
export type Condition =
  | { readonly kind: "create" | "delete" }
  | { readonly kind: "object"; readonly isMet: (object: PlainObject) => boolean };

/** @throws CommandError in the words of pkg/cmd/wait/wait.go, conditionFuncsFor */
export function readConditions(texts: readonly string[]): Condition[] {
  if (texts.length === 0) throw failure("unrecognized condition: []");
  return texts.map(readCondition);
}

function readCondition(text: string): Condition {
  const word = text.toLowerCase();
  if (word === "create" || word === "delete") return { kind: word };
  if (text.startsWith("condition=")) {
    const [name = "", ...value] = text.slice("condition=".length).split("=");
    return statusCondition(name, value.length === 0 ? "true" : value.join("="));
  }
  if (text.startsWith("jsonpath=")) return pathCondition(text.slice("jsonpath=".length));
  throw failure(`unrecognized condition: ${JSON.stringify(text)}`);
}

interface StatusCondition {
  readonly type?: string;
  readonly status?: string;
  readonly observedGeneration?: number;
}

/** A condition of the status, as far as it speaks of the object as it is now. */
function statusCondition(name: string, value: string): Condition {
  const isMet = ({ metadata, status }: PlainObject): boolean => {
    const { conditions = [], observedGeneration } = (status ?? {}) as {
      conditions?: readonly StatusCondition[];
      observedGeneration?: number;
    };
    const found = conditions.find(({ type = "" }) => type.toLowerCase() === name.toLowerCase());
    if (found === undefined) return false;
    const { generation } = (metadata ?? {}) as { generation?: number };
    const observed = found.observedGeneration ?? observedGeneration;
    if (generation !== undefined && observed !== undefined && observed < generation) return false;
    return (found.status ?? "").toLowerCase() === value.toLowerCase();
  };
  return { kind: "object", isMet };
}

const shape =
  "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'";

function pathCondition(text: string): Condition {
  const parts = splitAtEquals(text);
  if (parts.length > 2) throw failure(shape);
  const [path = "", given] = parts;
  const expression = relaxedPath(path);
  const value = given?.replace(/^['"]+|['"]+$/g, "");
  if (value === "") {
    throw failure(
      "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3",
    );
  }
  if (expression === "") throw failure("jsonpath expression cannot be empty");
  readable(() => new JsonPath(expression, { allowMissingKeys: true }));
  return { kind: "object", isMet: (object) => isPathMet(object, expression, value) };
}

function isPathMet(object: PlainObject, expression: string, value: string | undefined): boolean {
  const results = readable(() => new JsonPath(expression, { allowMissingKeys: true }).find(object));
  const [first] = results;
  if (first === undefined || first.length === 0) return false;
  if (results.length > 1) throw failure("given jsonpath expression matches more than one list");
  if (first.length > 1) throw failure("given jsonpath expression matches more than one value");
  if (value === undefined) return true;
  const [found] = first;
  if (typeof found === "object" && found !== null) {
    throw failure("jsonpath leads to a nested object or list which is not supported");
  }
  return scalarText(found!).trim() === value.trim();
}

function readable<T>(work: () => T): T {
  try {
    return work();
  } catch (reason) {
    if (reason instanceof PathError) throw failure(reason.message);
    throw reason;
  }
}

/** At each single `=`; two of them belong to an expression. */
function splitAtEquals(text: string): string[] {
  return text
    .replaceAll("==", "\0")
    .split("=")
    .map((part) => part.replaceAll("\0", "=="));
}
