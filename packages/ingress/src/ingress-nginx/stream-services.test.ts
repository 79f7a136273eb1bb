import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { ConfigMap } from "@kubenetsim/core/model/config-map";
import { describe, expect, it } from "vitest";
import { KeptLog } from "../controller-log.ts";
import { nginxConf } from "./conf/nginx-conf.ts";
import { IngressNginxController } from "./controller.ts";
import { StreamBalancers } from "./request/stream-balancers.ts";

function configMap(name: string, data: Readonly<Record<string, string>>): ConfigMap {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "n", name }, data };
}

/** A Service of the ports 53/UDP `dns`, 53/TCP `dns-tcp`, 80/TCP `web`, and its slice with these addresses. */
function serviceObjects(addresses: readonly string[]): ApiObject[] {
  const ports = [
    { name: "dns", port: 53, protocol: "UDP" as const },
    { name: "dns-tcp", port: 53, protocol: "TCP" as const },
    { name: "web", port: 80, protocol: "TCP" as const },
  ];
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { namespace: "n", name: "s" },
      spec: { ports: ports.map((port) => ({ ...port, targetPort: port.port + 8000 })) },
    },
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { namespace: "n", name: "s-1", labels: { "kubernetes.io/service-name": "s" } },
      addressType: "IPv4",
      ports: ports.map((port) => ({ ...port, port: port.port + 8000 })),
      endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    },
  ];
}

function apply(controller: IngressNginxController, object: ApiObject, before?: ApiObject): boolean {
  const key = `${object.metadata.namespace}/${object.metadata.name}`;
  return controller.apply({ revision: 1, kind: object.kind, key, before, after: object });
}

function controllerOf(
  tcp: Readonly<Record<string, string>>,
  udp: Readonly<Record<string, string>> = {},
  log: KeptLog = new KeptLog(),
): IngressNginxController {
  const options = { tcpServicesConfigMap: "n/tcp", udpServicesConfigMap: "n/udp" };
  const controller = new IngressNginxController(options, log);
  for (const object of serviceObjects(["10.244.0.1", "10.244.0.2"])) apply(controller, object);
  apply(controller, configMap("tcp", tcp));
  apply(controller, configMap("udp", udp));
  controller.sync();
  return controller;
}

describe("the ConfigMaps of TCP and UDP services", () => {
  it("give ports by number, with endpoints of the port's protocol, by number or name", () => {
    const { running } = controllerOf(
      { "9001": "n/s:web:PROXY", "9000": "n/s:80:proxy:PROXY", "53": "n/s:53" },
      { "53": "n/s:dns:PROXY:PROXY" },
    );
    const told = [...running!.tcpServices, ...running!.udpServices].map((service) => {
      const { name, port, decodesProxyProtocol: decodes, encodesProxyProtocol: encodes, endpoints } = service;
      return [name, port, decodes, encodes, endpoints.map((each) => each.port)];
    });
    expect(told).toEqual([
      ["tcp-n-s-53", 53, false, false, [8053, 8053]],
      ["tcp-n-s-80", 9000, true, true, [8080, 8080]],
      ["tcp-n-s-web", 9001, true, false, [8080, 8080]],
      ["udp-n-s-dns", 53, false, false, [8053, 8053]],
    ]);
  });

  it("warn of what cannot be served, in the program's words", () => {
    const log = new KeptLog();
    const references = {
      port: "n/s:80",
      "443": "n/s:80",
      "10254": "n/s:80",
      "1": "n/s",
      "2": "s:80",
      "3": "n/other:80",
      "4": "n/s:81",
      "5": "n/s:dns",
    };
    const { running } = controllerOf(references, { "80": "n/s:web" }, log);
    expect([running!.tcpServices, running!.udpServices]).toEqual([[], []]);
    const reserved = "It is reserved for the Ingress controller.";
    expect(new Set(log.entries.filter(({ severity }) => severity === "W").map(({ message }) => message))).toEqual(
      new Set([
        '"port" is not a valid TCP port number',
        `Port 443 cannot be used for TCP stream services. ${reserved}`,
        `Port 10254 cannot be used for TCP stream services. ${reserved}`,
        'Invalid Service reference "n/s" for TCP port 1',
        "invalid format (namespace/name) found in 's'",
        'Error getting Service "n/other": no object matching key "n/other" in local store',
        'Service "n/s" does not have any active Endpoint for TCP port 81',
        'Service "n/s" does not have any active Endpoint for TCP port dns',
        `Port 80 cannot be used for UDP stream services. ${reserved}`,
      ]),
    );
  });

  it("warn of a ConfigMap that is not there", () => {
    const log = new KeptLog();
    new IngressNginxController({ tcpServicesConfigMap: "n/none", udpServicesConfigMap: "none" }, log).sync();
    expect(log.entries.filter(({ severity }) => severity === "W").map(({ message }) => message)).toEqual([
      'Error getting ConfigMap "n/none": no object matching key "n/none" in local store',
      "Error parsing ConfigMap reference \"none\": invalid format (namespace/name) found in 'none'",
    ]);
  });

  it("need a reload for a port, and none for an endpoint, unless it is the last", () => {
    const controller = controllerOf({ "9000": "n/s:80" });
    const [, two] = serviceObjects(["10.244.0.1", "10.244.0.2"]);
    const [, three] = serviceObjects(["10.244.0.1", "10.244.0.2", "10.244.0.3"]);
    const [, none] = serviceObjects([]);
    expect(apply(controller, three!, two)).toBe(true);
    expect(controller.sync()).toBe("posted");
    apply(controller, configMap("tcp", { "9000": "n/s:80", "9001": "n/s:80" }), configMap("tcp", { "9000": "n/s:80" }));
    expect(controller.sync()).toBe("reloaded");
    apply(controller, none!, three);
    expect(controller.sync()).toBe("reloaded");
  });

  it("write a stream block", () => {
    const text = nginxConf(controllerOf({ "9000": "n/s:80:PROXY:PROXY" }, { "53": "n/s:dns" }).running!);
    expect(text.slice(text.indexOf("stream {"))).toContain("    upstream tcp-n-s-80 {\n        server 10.244.0.1:8080");
    expect(text).toMatch(/listen {18}9000 proxy_protocol;[^}]* proxy_pass {14}tcp-n-s-80;\n {8}proxy_protocol {10}on;/);
    expect(text).toMatch(/listen {18}53 udp;[^}]* proxy_pass {14}udp-n-s-dns;/);
  });

  it("send connections round the endpoints; endpoints that stay go on, a reload begins anew", () => {
    const { running } = controllerOf({ "9000": "n/s:80" }, { "53": "n/s:dns" });
    const balancers = new StreamBalancers(() => 0.1);
    balancers.load(running!, { isReload: true, nowMs: 0 });
    const picks = (): (string | undefined)[] => [1, 2, 3].map(() => balancers.pick("TCP", 9000, 0));
    const [one, two] = picks();
    expect(new Set([one, two])).toEqual(new Set(["10.244.0.1:8080", "10.244.0.2:8080"]));
    balancers.load(running!, { isReload: false, nowMs: 0 });
    expect(picks()).toEqual([two, one, two]);
    expect(balancers.pick("UDP", 53, 0)).toMatch(/^10\.244\.0\.[12]:8053$/);
    expect(balancers.pick("TCP", 53, 0)).toBeUndefined();
  });
});
