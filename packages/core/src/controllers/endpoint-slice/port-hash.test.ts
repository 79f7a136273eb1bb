import { expect, it } from "vitest";
import { portHash } from "./port-hash.ts";

it("hashes a port as Go's dump of it hashes", () => {
  expect(portHash({ name: "http", port: 8080, protocol: "TCP" })).toBe("0e874d5677090ee5c32afa85f637c347");
  expect(portHash({ name: "", port: 8080, protocol: "TCP", appProtocol: "kubernetes.io/h2c" })).toBe(
    "6fb30cc4fedcebaa1f3a57329a8b1e38",
  );
});
