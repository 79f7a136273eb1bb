import { expect, it } from "vitest";
import { virtualClock } from "../../runtime/clock.ts";
import { seededRandom } from "../../runtime/random.ts";
import { applyYaml } from "../apply.ts";
import { emptyState } from "../empty-state.ts";

const context = { random: seededRandom("classes"), clock: virtualClock() };

function create(spec: object): void {
  const object = { apiVersion: "networking.k8s.io/v1", kind: "IngressClass", metadata: { name: "own" }, spec };
  applyYaml(emptyState(), JSON.stringify(object), "class.json", context);
}

const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** As kube-apiserver 1.37.2 answers. */
it.each([
  [
    { controller: "example.org/own", parameters: { apiGroup: "example.org", scope: "Namespace" } },
    "[spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace', spec.parameters.kind: Required value, spec.parameters.name: Required value]",
  ],
  [
    {
      controller: "k8s.io/x",
      parameters: { apiGroup: "Bad Group", name: "Bad/Name", scope: "Cluster", namespace: "" },
    },
    `[spec.parameters.apiGroup: Invalid value: "Bad Group": ${subdomain}, spec.parameters.name: Invalid value: "Bad/Name": may not contain '/', spec.parameters.namespace: Forbidden: \`parameters.scope\` is set to 'Cluster', spec.parameters.kind: Required value]`,
  ],
  [
    { controller: "example.org/a b" },
    "spec.controller: Invalid value: \"a b\": Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')",
  ],
])("refuses an IngressClass in the API server's words and order: %j", (spec, text) => {
  expect(() => create(spec)).toThrow(text);
});
