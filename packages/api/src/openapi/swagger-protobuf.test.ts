import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { describe, expect, it } from "vitest";
import { swaggerProtobuf } from "./swagger-protobuf.ts";

const document: PlainObject = {
  swagger: "2.0",
  info: { title: "Kubernetes", version: "v1.37.2" },
  paths: {
    "/api/v1/things/{name}": {
      get: {
        produces: ["application/json", "application/yaml"],
        parameters: [{ name: "limit", in: "query", type: "integer", uniqueItems: true }],
        responses: { "200": { description: "OK", schema: { $ref: "#/definitions/Thing" } } },
        "x-kubernetes-action": "get",
        "x-kubernetes-group-version-kind": { group: "", kind: "Thing", version: "v1" },
      },
      put: {
        consumes: ["*/*"],
        parameters: [{ name: "body", in: "body", required: true, schema: { $ref: "#/definitions/Thing" } }],
        responses: { "200": { description: "OK" } },
      },
      parameters: [{ name: "name", in: "path", required: true, type: "string" }],
    },
  },
  definitions: {
    Thing: {
      type: "object",
      required: ["kind", "size"],
      properties: {
        kind: { type: "string", enum: ["a", "1"] },
        size: { type: "integer", format: "int32" },
        items: { type: "array", items: { $ref: "#/definitions/Thing" }, "x-kubernetes-list-map-keys": ["kind"] },
        labels: { type: "object", additionalProperties: { type: "string" } },
      },
      "x-kubernetes-unions": [{ discriminator: "kind", "fields-to-discriminateBy": { size: "Size" } }],
    },
  },
};

/** What gnostic-models 0.7.0 writes for this document, in base64. */
const recorded = [
  "CgMyLjASFQoKS3ViZXJuZXRlcxIHdjEuMzcuMkLZAhLWAgoVL2FwaS92MS90aGluZ3Mve25hbWV9ErwCEtgBMhBhcHBsaWNhdGlvbi9qc29uMh",
  "BhcHBsaWNhdGlvbi95YW1sQiAKHhIcGhoSBXF1ZXJ5IgVsaW1pdDIHaW50ZWdlcqABAUooCiYKAzIwMBIfCh0KAk9LEhcKFQoTIy9kZWZpbml0",
  "aW9ucy9UaGluZ2odChN4LWt1YmVybmV0ZXMtYWN0aW9uEgYSBGdldApqRwofeC1rdWJlcm5ldGVzLWdyb3VwLXZlcnNpb24ta2luZBIkEiJncm",
  "91cDogIiIKa2luZDogVGhpbmcKdmVyc2lvbjogdjEKGkE6AyovKkIpCicKJRIEYm9keRoEYm9keSABKhUKEyMvZGVmaW5pdGlvbnMvVGhpbmdK",
  "DwoNCgMyMDASBgoECgJPS0ocChoSGCIWCAESBHBhdGgiBG5hbWUqBnN0cmluZ0rJAgrGAgoFVGhpbmcSvAKaAQRraW5kmgEEc2l6ZbIBCAoGb2",
  "JqZWN0ygHCAQojCgRraW5kEhuiAQQSAmEKogEGEgQiMSIKsgEICgZzdHJpbmcKGwoEc2l6ZRITEgVpbnQzMrIBCQoHaW50ZWdlcgpXCgVpdGVt",
  "cxJOsgEHCgVhcnJheboBFwoVChMjL2RlZmluaXRpb25zL1RoaW5n+gEnChp4LWt1YmVybmV0ZXMtbGlzdC1tYXAta2V5cxIJEgctIGtpbmQKCi",
  "UKBmxhYmVscxIbqgENCguyAQgKBnN0cmluZ7IBCAoGb2JqZWN0+gFaChN4LWt1YmVybmV0ZXMtdW5pb25zEkMSQS0gZGlzY3JpbWluYXRvcjog",
  "a2luZAogIGZpZWxkcy10by1kaXNjcmltaW5hdGVCeToKICAgIHNpemU6IFNpemUK",
];

describe("an OpenAPI v2 document as protobuf", () => {
  it("has the bytes that gnostic gives it", () => {
    expect(Buffer.from(swaggerProtobuf(document)).toString("base64")).toBe(recorded.join(""));
  });

  it("refuses a field that it does not know", () => {
    expect(() => swaggerProtobuf({ ...document, host: "a" })).toThrow("OpenAPI v2 as protobuf: host");
  });
});
