import { ParseError } from "@kubenetsim/core/runtime/errors";
import { describe, expect, it } from "vitest";
import { parseDestination } from "./destination.ts";
import { formatSource, parseSource } from "./source.ts";

describe("parseSource", () => {
  it.each(["pod/shop/client", "node/n1", "external", "external:198.51.100.7", "external:fd00::7"])(
    "reads %s and prints it again",
    (text) => {
      expect(formatSource(parseSource(text))).toBe(text);
    },
  );

  it("takes default for a missing namespace", () => {
    expect(parseSource("pod/web")).toEqual({ kind: "pod", namespace: "default", name: "web" });
  });

  it.each(["", "pod", "pod//", "pod/a/b/c", "node/", "host/x", "external:nowhere"])(
    "refuses %j with a hint",
    (text) => {
      expect(() => parseSource(text)).toThrow(ParseError);
    },
  );
});

describe("parseDestination", () => {
  it.each([
    ["http://web.shop", { kind: "name", name: "web.shop", port: 80, protocol: "TCP" }],
    ["https://Web.Shop:8443/a?b#c", { kind: "name", name: "web.shop", port: 8443, protocol: "TCP" }],
    ["https://10.96.0.1", { kind: "address", address: "10.96.0.1", port: 443, protocol: "TCP" }],
    ["http://[fd00::1]:8080/", { kind: "address", address: "fd00::1", port: 8080, protocol: "TCP" }],
    ["10.96.0.80:80", { kind: "address", address: "10.96.0.80", port: 80, protocol: "TCP" }],
    ["10.96.0.10:53/udp", { kind: "address", address: "10.96.0.10", port: 53, protocol: "UDP" }],
    ["[fd00::1]:53/UDP", { kind: "address", address: "fd00::1", port: 53, protocol: "UDP" }],
    ["svc/shop/api:grpc", { kind: "service", namespace: "shop", name: "api", port: "grpc", protocol: undefined }],
    [
      "svc/platform/logs:514/udp",
      { kind: "service", namespace: "platform", name: "logs", port: "514", protocol: "UDP" },
    ],
    ["svc/shop/web", { kind: "service", namespace: "shop", name: "web", port: undefined, protocol: undefined }],
  ])("reads %s", (text, expected) => {
    expect(parseDestination(text)).toEqual(expected);
  });

  it.each([
    "",
    "web",
    "10.96.0.80",
    "10.96.0.80:0",
    "10.96.0.80:70000",
    "10.96.0.80:80/icmp",
    "ftp://x",
    "http://",
    "svc/web",
  ])("refuses %j with a hint", (text) => {
    expect(() => parseDestination(text)).toThrow(ParseError);
  });
});
