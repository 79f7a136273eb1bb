import { describe, expect, test } from "vitest";
import { virtualClock } from "../../runtime/clock.ts";
import { StatusError } from "../../runtime/errors.ts";
import { seededRandom } from "../../runtime/random.ts";
import { type ApplyResult, applyYaml } from "../apply.ts";
import { type ClusterState, getObject } from "../cluster-state.ts";
import { emptyState } from "../empty-state.ts";

const apply = (text: string, state: ClusterState = emptyState()): ApplyResult =>
  applyYaml(state, text, "f.yaml", { random: seededRandom("1"), clock: virtualClock() });
const endpoints = (subsets: string): string =>
  `apiVersion: v1\nkind: Endpoints\nmetadata:\n  name: legacy\nsubsets:\n${subsets}`;
const legacy = (state: ClusterState) => getObject(state, "Endpoints", "default/legacy");

function refusal(text: string): readonly string[] {
  try {
    apply(text);
  } catch (error) {
    if (error instanceof StatusError) return error.causes.map((cause) => `${cause.field}: ${cause.message}`);
    throw error;
  }
  throw new Error("it was accepted");
}

describe("v1 Endpoints", () => {
  test("are stored with their protocol filled in, and warned of once an apply", () => {
    const one = endpoints("- addresses: [{ip: 192.0.2.50, hostname: h1}]\n  ports: [{port: 9376}]\n");
    const { state, warnings } = apply(`${one}---\n${one.replace("legacy", "other")}`);
    expect(legacy(state)?.subsets).toEqual([
      { addresses: [{ ip: "192.0.2.50", hostname: "h1" }], ports: [{ port: 9376, protocol: "TCP" }] },
    ]);
    expect(warnings.map((warning) => warning.message)).toEqual([
      "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
    ]);
  });

  test("of the Service kubernetes stand in a new cluster, not to be mirrored", () => {
    expect(getObject(emptyState(), "Endpoints", "default/kubernetes")).toMatchObject({
      metadata: { labels: { "endpointslice.kubernetes.io/skip-mirror": "true" } },
      subsets: [{ addresses: [{ ip: "192.168.10.2" }], ports: [{ name: "https", port: 6443, protocol: "TCP" }] }],
    });
  });

  // Situations of TestValidateEndpointsCreate (pkg/apis/core/validation).
  test.each([
    ["- ports: [{port: 1}]", ["subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`"]],
    [
      "- addresses: [{ip: nope}]",
      [
        'subsets[0].addresses[0].ip: Invalid value: "nope": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        'subsets[0].addresses[0].ip: Invalid value: "nope": must be a valid IP address',
      ],
    ],
    [
      "- notReadyAddresses: [{ip: 127.0.0.1}]",
      [
        'subsets[0].notReadyAddresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      ],
    ],
    [
      "- addresses: [{ip: 192.0.2.1}]\n  ports: [{port: 80}, {name: b, port: 66000}]",
      [
        "subsets[0].ports[0].name: Required value",
        "subsets[0].ports[1].port: Invalid value: 66000: must be between 1 and 65535, inclusive",
      ],
    ],
    [
      "- addresses: [{ip: 192.0.2.1}]\n  ports: [{port: 80, protocol: ICMP}]",
      ['subsets[0].ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"'],
    ],
  ])("%s is refused", (subsets, causes) => {
    expect(refusal(endpoints(subsets))).toEqual(causes);
  });

  test("names of subsets without ports need none; a headless Service's Endpoints may have no ports", () => {
    expect(legacy(apply(endpoints("- addresses: [{ip: 192.0.2.1}]\n")).state)?.subsets).toHaveLength(1);
  });

  test("an IPv6 address that is written long is taken with a warning, but not from the Endpoints controller", () => {
    const long = endpoints("- addresses: [{ip: '2001:db8:0:0::1'}]\n");
    const said = (text: string): string[] => apply(text).warnings.map((warning) => warning.message);
    expect(said(long)).toContain(
      'subsets[0].addresses[0].ip: IPv6 address "2001:db8:0:0::1" should be in RFC 5952 canonical format ("2001:db8::1")',
    );
    const managed = "legacy\n  labels: {endpoints.kubernetes.io/managed-by: endpoint-controller}\n";
    expect(said(long.replace("legacy\n", managed))).toHaveLength(1);
  });
});
