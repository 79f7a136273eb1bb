import type { Ingress } from "@kubenetsim/core/model/ingress";
import { expect, test } from "vitest";
import { ingressInformation } from "./ingress-information.ts";

const service = (name: string) => ({ service: { name, port: { number: 80 } } });

test("a location tells of the first Service that its host and path name, else of the default backend", () => {
  const path = (text: string, name: string | undefined) => ({
    path: text,
    pathType: "Prefix" as const,
    backend: name === undefined ? {} : service(name),
  });
  const ingress: Ingress = {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "i", namespace: "n" },
    spec: {
      defaultBackend: service("rest"),
      rules: [
        { host: "a.test", http: { paths: [path("/x", undefined), path("/x", "first"), path("/x", "second")] } },
        { host: "a.test", http: { paths: [path("/x", "third"), path("/y", "fourth")] } },
        { http: { paths: [path("/", "all")] } },
      ],
    },
  };
  const serviceAt = (host: string, at: string) => ingressInformation(ingress, host, at).service;
  expect(serviceAt("a.test", "/x")).toBe("first");
  expect(serviceAt("a.test", "/y")).toBe("fourth");
  expect(serviceAt("_", "")).toBe("all");
  expect(serviceAt("b.test", "/x")).toBe("rest");
  expect(ingressInformation(undefined, "a.test", "/x")).toEqual({
    ...{ namespace: "", name: "", service: "" },
    ...{ port: "", path: "" },
  });
});
