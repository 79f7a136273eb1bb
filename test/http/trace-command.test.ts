import { ingressClusterYaml } from "@kubenetsim/testing/ingress-cluster";
import { describe, expect, it } from "vitest";
import { type CliResult, runCli, withFiles } from "../cli/run-cli.ts";

const nodes = ["n1", "n2"].map((name, i) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name },
    spec: { podCIDR: `10.244.${i + 1}.0/24` },
    status: { addresses: [{ type: "InternalIP", address: `192.168.10.1${i + 1}` }] },
  }),
);
const yaml = [...nodes, ingressClusterYaml({ secret: "missing", annotations: { "proxy-body-size": "1k" } })].join(
  "\n---\n",
);
const resolve = ["--resolve", "shop.test:30080:192.168.10.11", "--resolve", "shop.test:30443:192.168.10.11"];

function trace(...words: readonly string[]): CliResult {
  return withFiles({ "shop.yaml": yaml }, (folder) =>
    runCli(["trace", "-f", `${folder}/shop.yaml`, "--from", "external", ...resolve, ...words]),
  );
}

describe("trace of a request", () => {
  it("shows name, connections, phases with their places, headers, answer and cost", () => {
    const { code, out } = trace("--to", "https://shop.test:30443/cart", "-k", "-H", "X-A: b");
    expect(code).toBe(0);
    expect(out).toMatch(/^external \S+ → GET https:\/\/shop\.test:30443\/cart {3}\(iptables, seed "kubenetsim"\)\n/);
    expect(out).toMatch(/^pod ingress-nginx\/controller-\S+ sees \S+:\d+ on port 443; the source address was /m);
    expect(out).toMatch(
      /^TLS with the name shop\.test: certificate .*Fake Certificate \(its own\); .*, and the client goes on$/m,
    );
    expect(out).toMatch(
      /^ {4}server {5}shop\.test for the host shop\.test {3}# Ingress shop\/web, host shop\.test, .*shop\.yaml:\d+:\d+$/m,
    );
    expect(out).toMatch(/^try 1: pod ingress-nginx\/\S+ → 10\.244\.\d\.\d+:8080: answered$/m);
    expect(out).toMatch(/^ {4}\+ X-Forwarded-Proto: https$/m);
    expect(out).not.toMatch(/X-A: b/);
    expect(out).toMatch(/^200 from pod ingress-nginx/m);
    expect(out).toMatch(
      /^counted, there and back\n {2}client → pod ingress-nginx.*rules compared.*\n {2}pod ingress-nginx\S+ → pod shop\/web/m,
    );
  });

  it("shows a redirect, and goes on with -L", () => {
    const { code, out } = trace("--to", "http://shop.test:30080/cart");
    expect(code).toBe(0);
    expect(out).toMatch(
      /308: to https, because a certificate exists for the host shop\.test {3}# Ingress shop\/web, tls, /,
    );
    expect(out).toMatch(/^308 from pod .*, Location: https:\/\/shop\.test\/cart$/m);
    const followed = trace("--to", "http://shop.test:30080/cart", "-L", "--resolve", "shop.test:443:192.168.10.11");
    expect(followed.out).toMatch(/^redirected to https:\/\/shop\.test\/cart$/m);
    expect(followed.code).toBe(1);
  });

  it("says that the client gives up in a circle of redirects, and ends with 1", () => {
    const circle = ingressClusterYaml({ annotations: { "permanent-redirect": "http://shop.test:30080/" } });
    const { code, out } = withFiles({ "circle.yaml": [...nodes, circle].join("\n---\n") }, (folder) =>
      runCli([
        ...["trace", "-f", `${folder}/circle.yaml`, "--from", "external", ...resolve],
        ...["--to", "http://shop.test:30080/", "-L"],
      ]),
    );
    expect(out).toMatch(/^301 from .*; the client gives up: Maximum \(50\) redirects followed \(curl: 47\)$/m);
    expect(code).toBe(1);
  });

  it("ends with 1 where there is no answer", () => {
    const { code, out } = trace("--to", "https://shop.test:30443/");
    expect(code).toBe(1);
    expect(out).toMatch(/^no answer: SSL certificate problem: self-signed certificate \(curl: 60\)$/m);
  });

  it("takes a body's size, and gives JSON", () => {
    const { out } = trace("--to", "https://shop.test:30443/", "-k", "--data-bytes", "1025", "--json");
    expect(JSON.parse(out)).toMatchObject({
      disposition: "delivered",
      http: {
        request: { method: "POST", bodyBytes: 1025 },
        tls: { serverName: "shop.test", protocol: "h2" },
        response: { status: 413 },
        forwarded: [],
      },
    });
  });

  it("refuses what is no request", () => {
    expect(trace("--to", "svc/shop/web", "-k")).toMatchObject({
      code: 2,
      err: expect.stringContaining("a request needs a URL"),
    });
    expect(trace("--to", "http://shop.test", "-H", "none")).toMatchObject({
      code: 2,
      err: expect.stringContaining("--header takes NAME:VALUE"),
    });
    expect(trace("--to", "http://shop.test", "--data-bytes", "1k").code).toBe(2);
  });
});
