import { expect, it } from "vitest";
import type { Cors } from "../annotations/cors.ts";
import { corsHeaders } from "./cors-headers.ts";

const cors: Cors = {
  enabled: true,
  allowOrigins: ["*"],
  allowMethods: "GET",
  allowHeaders: "X-A",
  allowCredentials: false,
  exposeHeaders: "",
  maxAge: 60,
};

it("exposes the headers that it is told to, and names none where it is told of none", () => {
  const plain = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET",
    "access-control-allow-headers": "X-A",
    "access-control-max-age": "60",
  };
  expect(corsHeaders(cors, undefined)).toEqual(plain);
  const exposed = corsHeaders({ ...cors, exposeHeaders: "X-B, X-C" }, undefined);
  expect(exposed).toEqual({ ...plain, "access-control-expose-headers": "X-B, X-C" });
});
