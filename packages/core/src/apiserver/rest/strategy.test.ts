import { TestApiServer } from "@kubenetsim/testing/api-server";
import { describe, expect, it } from "vitest";
import type { ObjectMeta } from "../../model/object-meta.ts";

const merge = { "content-type": "application/merge-patch+json" };

function metadataOf(answer: { readonly body: unknown }): ObjectMeta {
  return (answer.body as { readonly metadata: ObjectMeta }).metadata;
}

// The answers are the real control plane's.
describe("what differs from kind to kind", () => {
  it("keeps a Deployment's labels from who writes its status, and its generation, too", () => {
    const api = new TestApiServer();
    const deployments = "/apis/apps/v1/namespaces/default/deployments";
    const labels = { a: "b" };
    const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "i" }] } };
    api.ask("POST", deployments, {
      metadata: { name: "d", labels: { l: "1" } },
      spec: { selector: { matchLabels: labels }, template },
    });
    const body = { metadata: { labels: { l: "2" }, annotations: { x: "y" } } };
    const written = metadataOf(api.ask("PATCH", `${deployments}/d/status`, body, merge));
    expect(written).toMatchObject({ labels: { l: "1" }, annotations: { x: "y" }, generation: 1 });
    const annotated = api.ask("PATCH", `${deployments}/d`, { metadata: { annotations: { x: "z" } } }, merge);
    expect(metadataOf(annotated).generation).toBe(2);
  });

  it("counts a slice's labels as what it says, and not its annotations", () => {
    const api = new TestApiServer();
    const slices = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
    api.ask("POST", slices, { metadata: { name: "s" }, addressType: "IPv4", endpoints: [] });
    const patched = (metadata: object) => metadataOf(api.ask("PATCH", `${slices}/s`, { metadata }, merge)).generation;
    expect(patched({ annotations: { l: "2" } })).toBe(1);
    expect(patched({ labels: { l: "2" } })).toBe(2);
  });
});
