import { expect, test } from "vitest";
import { StatusError } from "../../runtime/errors.ts";
import { readManifests } from "../manifest/read-manifests.ts";
import { decodeDocument } from "./decode-document.ts";

function refusal(text: string): StatusError {
  try {
    decodeDocument(readManifests(text, "f.yaml")[0]!, "Service");
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

test.each([
  ["spec: 5", "an object is expected here"],
  ["spec: text", "an object is expected here"],
  ["spec: {selector: [a]}", "an object is expected here"],
  ["spec: {ports: {port: 80}}", "a list is expected here"],
  ["spec: {ports: 80}", "a list is expected here"],
  ["spec: {type: 5}", "put the value in quotes"],
  ["spec: {selector: {a: true}}", "put the value in quotes"],
  ['spec: {ports: [{port: "80"}]}', "write the number without quotes"],
])("a value of a wrong type is refused with what is expected: %s", (spec, hint) => {
  const error = refusal(`apiVersion: v1\nkind: Service\nmetadata: {name: x}\n${spec}\n`);
  expect(error.reason).toBe("BadRequest");
  expect(error.position).toMatchObject({ line: 4 });
  expect(error.hint).toContain(hint);
});
