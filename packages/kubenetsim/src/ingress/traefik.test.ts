import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Cluster } from "../cluster/cluster.ts";
import { MemoryFiles } from "../shell/memory-files.ts";

const read = (path: string): string => readFileSync(new URL(`../../../../examples/${path}`, import.meta.url), "utf8");

function cluster(traefik = read("ingress/traefik.yaml")): Cluster {
  const names = ["web.aliangedu.cn.pem", "web.aliangedu.cn-key.pem"];
  const files = new MemoryFiles(Object.fromEntries(names.map((name) => [name, read(`course/${name}`)])));
  const lab = Cluster.create({
    nodes: ["n1", "n2"],
    files,
    dns: { outsideHosts: "203.0.113.1 web.aliangedu.cn other.test" },
  });
  lab.apply(traefik, { source: "traefik.yaml" });
  lab.apply(read("course/web.yaml"));
  lab.kubectl`create service clusterip web --tcp=80:80`;
  lab.kubectl`create secret tls web-aliangedu-cn --cert=web.aliangedu.cn.pem --key=web.aliangedu.cn-key.pem`;
  lab.apply(read("course/ingress-https.yaml").replace("nginx", "traefik"), { source: "ingress.yaml" });
  lab.settle();
  return lab;
}

describe("Traefik in a Pod", () => {
  it("answers with and without TLS, and says which line decided", () => {
    const lab = cluster();
    for (const scheme of ["http", "https"]) {
      const { http } = lab.external().curl(`${scheme}://web.aliangedu.cn/a//b`, { insecure: true });
      expect(http?.response?.status).toBe(200);
      expect(http?.forwarded[0]?.trace.receiver).toMatch(/^pod default\/web-/);
      expect(http?.forwarded[0]?.trace.http?.request.target).toBe("/a/b");
      const router = http?.steps.find(({ phase }) => phase === "router");
      expect(router?.text).toContain('Host("web.aliangedu.cn") && PathPrefix("/")');
      expect(router?.origin?.position).toEqual({ source: "ingress.yaml", line: 15, column: 13 });
      expect(http?.tls?.certificate?.subject).toBe(scheme === "https" ? "CN=web.aliangedu.cn" : undefined);
    }
    const other = lab.external().curl("https://other.test/", { insecure: true }).http;
    expect([other?.response?.status, other?.tls?.certificate?.commonName]).toEqual([404, "TRAEFIK DEFAULT CERT"]);
  });

  it("follows endpoints, and forgets a Service that has none", () => {
    const lab = cluster();
    lab.kubectl`scale deployment web --replicas=0`;
    expect(lab.external().curl("http://web.aliangedu.cn/").http?.response?.status).toBe(404);
    lab.kubectl`scale deployment web --replicas=1`;
    expect(lab.external().curl("http://web.aliangedu.cn/").http?.response?.status).toBe(200);
  });

  it("writes the addresses of its Service into the status of its Ingresses", () => {
    const flag = "- --providers.kubernetesIngress.ingressEndpoint.publishedService=traefik/traefik";
    const lab = cluster(read("ingress/traefik.yaml").replace("args:", `args:\n            ${flag}`));
    expect(lab.kubectl`get ingress`.stdout).toContain("203.0.113.1");
  });
});
