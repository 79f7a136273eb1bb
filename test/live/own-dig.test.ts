import { execFile, spawnSync } from "node:child_process";
import { Cluster } from "kubenetsim";
import { type RunningServer, serveCluster } from "kubenetsim/cli/serve/http-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const hasDig = spawnSync("dig", ["-v"]).error === undefined;
const zone = "default.svc.cluster.local";

const commands = [
  `web.${zone}`,
  `web.${zone}. A`,
  `AAAA web.${zone}`,
  `-t SRV _http._tcp.web.${zone}`,
  `web.${zone} SRV`,
  `-q web.${zone} -t TXT`,
  `nope.${zone}`,
  `nope.${zone} +noall +answer`,
  `nope.${zone} +noall +authority`,
  `web.${zone} +short`,
  `web.${zone} SRV +short`,
  `nope.${zone} +short`,
  `out.${zone}`,
  `out.${zone} CNAME +short`,
  `big.${zone}`,
  `big.${zone} +noedns`,
  `big.${zone} +noedns +ignore`,
  `big.${zone} +noedns +tcp`,
  `big.${zone} +bufsize=512`,
  `web.${zone} +tcp`,
  `web.${zone} +noedns`,
  `web.${zone} +norecurse`,
  `web.${zone} +nocmd`,
  `web.${zone} +nocomments`,
  `web.${zone} +noquestion`,
  `web.${zone} +nostats`,
  `web.${zone} +noall +comments`,
  `web.${zone} +noall +question`,
  `web.${zone} +noall +stats`,
  `web.${zone} SRV +noadditional`,
  `nope.${zone} +noauthority`,
  `WEB.Default.SVC.cluster.local`,
  "cluster.local SOA",
  "cluster.local NS",
  "cluster.local ANY",
  "cluster.local AXFR",
  "dns-version.cluster.local TXT",
  "dns-version.cluster.local TXT +short",
  "-x 10.96.0.80",
  "-x 10.96.0.80 +short",
  "-x 10.99.9.9",
  "-x fd00::1",
  "example.com",
  "example.com MX",
  "example.com HTTPS",
  ".",
  "",
  "web",
  "a.b-c_d.example",
  `web.${zone} IN A`,
  `web.${zone} +tries=1 +time=2`,
];

describe.skipIf(!hasDig)("our dig prints what Debian's prints", () => {
  const lab = Cluster.create({ nodes: ["n1"] });
  let server: RunningServer;

  beforeAll(async () => {
    lab.kubectl`run client --image=busybox`;
    lab.kubectl`create service clusterip web --tcp=80:8080 --clusterip=10.96.0.80`;
    lab.apply(yaml);
    lab.settle();
    server = await serveCluster(lab, { host: "127.0.0.1", port: 0, dnsPort: 0 });
  });

  afterAll(() => server.close());

  it.each(commands)("dig %s", async (words) => {
    const { address, port } = server.dns!;
    const at = (server: string, rest: string): string =>
      words.startsWith("-") ? `${rest} ${server}` : `${server} ${rest}`;
    const real = await dig(at(`@${address} -p ${port}`, words).trim().split(" "));
    const ours = lab.pod("client").sh(`dig ${at("@10.96.0.10 -p 53", words)}`).stdout;
    expect(masked(ours)).toBe(masked(real));
  });
});

const endpoints = Array.from({ length: 40 }, (_, at) => `- addresses: [10.244.9.${at + 1}]`).join("\n");
const yaml = `apiVersion: v1
kind: Service
metadata: { name: web, namespace: default }
spec: { clusterIP: 10.96.0.80, ports: [{ name: http, port: 80 }, { name: metrics, port: 9102 }] }
---
apiVersion: v1
kind: Service
metadata: { name: out, namespace: default }
spec: { type: ExternalName, externalName: www.example.com }
---
apiVersion: v1
kind: Service
metadata: { name: big, namespace: default }
spec: { clusterIP: None, ports: [{ name: http, port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: big-1, namespace: default, labels: { kubernetes.io/service-name: big } }
addressType: IPv4
ports: [{ name: http, port: 8080, protocol: TCP }]
endpoints:
${endpoints}
`;

/** Without what differs from run to run: the id, times, the server's address, the serial, and the order of shuffled records. */
function masked(text: string): string {
  return text
    .replace(/, id: \d+/, ", id: N")
    .replace(/@\S+ -p \d+/, "@SERVER")
    .replace(/\S+#\d+\(\S+\)/g, "SERVER")
    .replace(/Query time: \d+/, "Query time: N")
    .replace(/WHEN: .*/, "WHEN: T")
    .replace(/(SOA\s+\S+ \S+) \d+/g, "$1 N")
    .replace(/10[.-]244[.-]9[.-]\d+/g, "10.244.9.N");
}

function dig(args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile("dig", args, (_problem, stdout) => resolve(stdout));
  });
}
