import { fc, test as propertyTest } from "@fast-check/vitest";
import { expect, test } from "vitest";
import { virtualClock } from "../runtime/clock.ts";
import { ParseError, type StatusError } from "../runtime/errors.ts";
import { seededRandom } from "../runtime/random.ts";
import { applyDocuments } from "./apply.ts";
import { emptyState } from "./empty-state.ts";
import type { ManifestDocument } from "./manifest/manifest-document.ts";
import { readManifests } from "./manifest/read-manifests.ts";
import { stateToJson } from "./state-json.ts";

const loose = fc.array(
  fc.constantFrom(
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n",
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: other, labels: {a: b}}\n",
    "apiVersion: networking.k8s.io/v1\nkind: ServiceCIDR\nmetadata: {name: more}\nspec: {cidrs: [10.99.0.0/16]}\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\n",
    "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: other}\nspec: {clusterIP: 10.99.0.9, ports: [{port: 80}]}\n",
    "apiVersion: v1\nkind: Service\nmetadata: {name: t, namespace: shop}\nspec: {ports: [{port: 0}]}\n",
    "apiVersion: example.test/v1\nkind: Widget\nmetadata: {name: w}\n",
    "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: w}\nspec: {group: example.test, names: {kind: Widget}}\n",
  ),
  { maxLength: 6 },
);
const endOfText = fc.constantFrom(undefined, undefined, new ParseError("the text is broken here"));

propertyTest.prop([loose, endOfText])(
  "documents give what they give in the order of what they depend on, and a broken text is told before a refused object",
  (texts, problem) => {
    const documents = readManifests(texts.join("---\n"), "f.yaml");
    const rank = ({ kind }: ManifestDocument) =>
      ["CustomResourceDefinition", "ServiceCIDR", "Namespace"].indexOf(kind) >>> 0;
    const outcome = (given: readonly ManifestDocument[]) => {
      const source = function* () {
        yield* given;
        if (problem !== undefined) throw problem;
      };
      try {
        const { state, changes, warnings } = applyDocuments(
          emptyState(),
          { [Symbol.iterator]: source },
          { random: seededRandom("1"), clock: virtualClock() },
        );
        const messages = warnings.map(({ message, position }) => [message, position?.line]);
        return { state: stateToJson(state), changes, messages: messages.sort() };
      } catch (reason) {
        const { message, position, hint } = reason as StatusError;
        return { message, position, hint };
      }
    };
    const found = outcome(documents);
    expect(found).toEqual(outcome([...documents].sort((a, b) => rank(a) - rank(b))));
    if (problem !== undefined) expect(found).toMatchObject({ message: problem.message });
  },
);

test("documents that stand in order and are taken are gone through once", () => {
  let passes = 0;
  const [namespace, first] = readManifests(
    `apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: shop}\n`,
    "f.yaml",
  ) as [ManifestDocument, ManifestDocument];
  const passesOf = (...documents: ManifestDocument[]): number => {
    passes = 0;
    const source = function* () {
      passes++;
      yield* documents;
    };
    applyDocuments(emptyState(), { [Symbol.iterator]: source }, { random: seededRandom("1"), clock: virtualClock() });
    return passes;
  };
  expect(passesOf(namespace, first)).toBe(1);
  expect(passesOf(first, namespace)).toBe(3);
});
