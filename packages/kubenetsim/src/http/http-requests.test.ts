import { expect, it } from "vitest";
import type { HttpTrace } from "./http-exchange.ts";
import { staysOpen } from "./http-requests.ts";

function answered(headers?: Readonly<Record<string, string>>): HttpTrace {
  const response = headers && { status: 200, headers, cookies: [], body: "" };
  return { http: { response } } as unknown as HttpTrace;
}

it("a connection stays open after an answer, unless the answer closes it", () => {
  expect(staysOpen(answered({}))).toBe(true);
  expect(staysOpen(answered({ connection: "keep-alive" }))).toBe(true);
  expect(staysOpen(answered({ connection: "close" }))).toBe(false);
  expect(staysOpen(answered())).toBe(false);
});
