import { TestApiServer } from "@kubenetsim/testing/api-server";
import { describe, expect, it } from "vitest";

const configMaps = "/api/v1/namespaces/default/configmaps";
const mebibyte = 1024 * 1024;
const create = (fields: object) => new TestApiServer().ask("POST", configMaps, { metadata: { name: "a" }, ...fields });

describe("a ConfigMap holds a mebibyte", () => {
  it.each([
    ["of letters", { data: { a: "x".repeat(mebibyte) } }],
    ["of two bytes each", { data: { a: "ü".repeat(mebibyte / 2) } }],
    ["of four bytes each", { data: { a: "𐀀".repeat(mebibyte / 4) } }],
    ["of decoded bytes", { binaryData: { a: `${"AAAA".repeat((mebibyte - 1) / 3)}AA==` } }],
  ])("%s", (_, fields) => {
    expect(create(fields).code).toBe(201);
    const data = { ...("data" in fields ? fields.data : {}), b: "x" };
    const { code, body } = create({ ...fields, data });
    expect([code, (body as { message: string }).message]).toEqual([
      422,
      'ConfigMap "a" is invalid: []: Too long: may not be more than 1048576 bytes',
    ]);
  });
});

it("encodes the texts of a Secret", () => {
  const api = new TestApiServer();
  const stringData = { a: "üx𐀀", b: "", c: "1", d: "12", e: "123" };
  const { body } = api.ask("POST", "/api/v1/namespaces/default/secrets", { metadata: { name: "a" }, stringData });
  expect((body as unknown as { data: unknown }).data).toEqual({
    a: "w7x48JCAgA==",
    b: "",
    c: "MQ==",
    d: "MTI=",
    e: "MTIz",
  });
});
