import { seededRandom } from "@kubenetsim/core/runtime/random";
import { StoredObjects, storedNamespace, storedServiceOf } from "@kubenetsim/testing/dns-objects";
import { describe, expect, it } from "vitest";
import { parseCorefile } from "../corefile/parse-corefile.ts";
import { queryFor } from "../message/dns-message.ts";
import { DnsServer } from "../server/dns-server.ts";

const serviceWith = (key: string, ip: string, env?: string): ReturnType<typeof storedServiceOf> => {
  const service = storedServiceOf(key, { clusterIPs: [ip], ports: [{ port: 80, protocol: "TCP" }] });
  return { ...service, metadata: { ...service.metadata, labels: env === undefined ? {} : { env } } };
};

/** What a real CoreDNS 1.15.0 said before an API server of ours, at each of these steps. */
describe("what the watches' selectors let through", () => {
  const objects = new StoredObjects([
    storedNamespace("a", { team: "x" }),
    storedNamespace("b"),
    serviceWith("a/web", "10.96.1.1", "prod"),
    serviceWith("a/dev", "10.96.1.2", "dev"),
    serviceWith("b/web", "10.96.1.3", "prod"),
  ]);
  const start = (option: string): DnsServer =>
    DnsServer.start(parseCorefile(`. {\nkubernetes cluster.local in-addr.arpa {\n${option}\n}\n}\n`), {
      state: objects.state,
      nowMs: 0,
      random: seededRandom("labels"),
      addresses: [],
      readFile: () => undefined,
      exchange: () => ({ kind: "timeout", tookMs: 0 }),
      log: () => {},
    });
  const servers = [start("labels env in (prod)"), start("namespace_labels team=x")];
  const arrival = { client: "10.244.1.9", clientPort: 40000, transport: "udp", port: 53, nowMs: 0 } as const;
  const said = (): string[] => {
    const changes = objects.takeChanges();
    return servers.map((server) => {
      server.update(changes, objects.state, 0);
      const code = (name: string, type: "A" | "PTR"): string => {
        const { answers, rcode } = server.answer(queryFor(1, name, type), arrival)!;
        return answers.length === 0 ? rcode : "yes";
      };
      const names = ["web.a", "dev.a", "web.b", "a", "b"].map((name) => code(`${name}.svc.cluster.local.`, "A"));
      const reverse = ["1", "2", "3"].map((last) => code(`${last}.1.96.10.in-addr.arpa.`, "PTR"));
      return [...names, ...reverse].join(" ");
    });
  };

  it("is what is there, and follows the labels", () => {
    expect(said()).toEqual([
      "yes NXDOMAIN yes NOERROR NOERROR yes NXDOMAIN yes",
      "yes yes NXDOMAIN NOERROR NXDOMAIN yes yes yes",
    ]);
    objects.put(serviceWith("a/dev", "10.96.1.2", "prod"), serviceWith("b/web", "10.96.1.3"));
    objects.put(storedNamespace("b", { team: "x" }));
    expect(said()).toEqual([
      "yes yes NXDOMAIN NOERROR NOERROR yes yes NXDOMAIN",
      "yes yes yes NOERROR NOERROR yes yes yes",
    ]);
    objects.put(storedNamespace("a"), serviceWith("a/dev", "10.96.1.2", "dev"));
    expect(said()).toEqual([
      "yes NXDOMAIN NXDOMAIN NOERROR NOERROR yes NXDOMAIN NXDOMAIN",
      "NXDOMAIN NXDOMAIN yes NXDOMAIN NOERROR yes yes yes",
    ]);
  });
});
