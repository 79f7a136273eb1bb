import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { describe, expect, it } from "vitest";
import { Dispenser } from "../corefile/dispenser.ts";
import { parseCorefile } from "../corefile/parse-corefile.ts";
import type { KubernetesOptions } from "./options.ts";
import { readKubernetesOptions } from "./read-options.ts";

function read(text: string, zones: readonly string[] = ["."]): KubernetesOptions {
  const [block] = parseCorefile(`. {\n${text}\n}\n`).blocks;
  const words = block!.directives.flatMap((directive) => directive.words);
  return readKubernetesOptions(new Dispenser("Corefile", words, "kubernetes"), zones);
}

const withOption = (option: string): string => `kubernetes cluster.local {\n${option}\n}`;

function refusal(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
  return "taken";
}

describe("options of the kubernetes plugin", () => {
  it("are the defaults where none stands", () => {
    expect(read("kubernetes")).toMatchObject({ zones: ["."], primaryZone: ".", pods: "disabled", ttl: 5 });
    expect(read("kubernetes Coredns.local test.local. {\n}").zones).toEqual(["coredns.local.", "test.local."]);
  });

  it("are read from their block", () => {
    const options = read(`kubernetes 10.0.0.0/15 cluster.local {
      endpoint https://localhost:8080
      tls cert key ca
      kubeconfig file context
      apiserver_qps 12.5
      apiserver_burst 3
      startup_timeout 1s
      namespaces demo
      namespaces test demo
      labels environment in (production, staging), application=nginx
      pods verified
      endpoint_pod_names
      ttl 30
      ignore empty_service
      zonal
      fallthrough in-addr.arpa 10.0.0.0/8
    }`);
    expect(options).toEqual({
      zones: ["0.10.in-addr.arpa.", "1.10.in-addr.arpa.", "cluster.local."],
      primaryZone: "cluster.local.",
      pods: "verified",
      endpointPodNames: true,
      ttl: 30,
      namespaces: new Set(["demo", "test"]),
      labels: [
        { key: "application", operator: "=", values: ["nginx"] },
        { key: "environment", operator: "in", values: ["production", "staging"] },
      ],
      namespaceLabels: [],
      fallthrough: ["in-addr.arpa.", "10.in-addr.arpa."],
      noEndpoints: false,
      ignoreEmptyService: true,
      zonal: true,
    });
    expect(read(withOption("fallthrough")).fallthrough).toEqual(["."]);
    expect(read(withOption("ignore")).ignoreEmptyService).toBe(false);
  });

  const place = (line: number): string => `plugin/kubernetes: Corefile:${line} - Error during parsing: `;
  const unread = `unable to parse label selector value`;
  it.each([
    ["pods giant", "plugin/kubernetes: wrong value for pods: giant,  must be one of: disabled, verified, insecure"],
    ["pods a b", `${place(3)}Wrong argument count or unexpected line ending after 'b'`],
    ["namespaces", `${place(3)}Wrong argument count or unexpected line ending after 'namespaces'`],
    ["tls a b", `${place(3)}Wrong argument count or unexpected line ending after 'b'`],
    ["labels a!=b", `plugin/kubernetes: ${unread}: 'a!=b': "!=" is not a valid label selector operator`],
    ["labels a>1", `plugin/kubernetes: ${unread}: 'a>1': "gt" isn't supported in label selectors`],
    ["namespaces a\nnamespace_labels b=c", `${place(5)}namespaces and namespace_labels cannot both be set`],
    ["ttl x", 'plugin/kubernetes: strconv.Atoi: parsing "x": invalid syntax'],
    ["ttl 3601", `${place(3)}ttl must be in range [0, 3600]: 3601`],
    ["zonal\nnoendpoints", `${place(5)}zonal requires the endpoint cache; remove noendpoints`],
    ["ignore foo", "plugin/kubernetes: unable to parse ignore value: 'foo'"],
    ["apiserver_qps -1", `${place(3)}apiserver_qps must be >= 0`],
    ["bogus", `${place(3)}unknown property 'bogus'`],
  ])("%s is refused in the real words", (option, expected) => {
    expect(refusal(withOption(option))).toBe(expected);
  });

  it("refuse a second block, and zones that are all in reverse", () => {
    const once = "plugin/kubernetes: this plugin can only be used once per Server Block";
    expect(refusal("kubernetes a\nkubernetes b")).toBe(once);
    expect(refusal("kubernetes 10.in-addr.arpa b.ip6.arpa")).toBe(
      "plugin/kubernetes: non-reverse zone name must be used",
    );
  });

  it("do not do what is not modelled", () => {
    expect(() => read(withOption("multicluster clusterset.local"))).toThrow(UnsupportedError);
  });
});
