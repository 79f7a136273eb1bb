import { answerRequest } from "@kubenetsim/api/answer-request";
import { emptyState } from "@kubenetsim/core/apiserver/empty-state";
import { runKubectl } from "@kubenetsim/kubectl";
import { TestApiServer } from "@kubenetsim/testing/api-server";
import { madeCertificate } from "@kubenetsim/testing/made-certificate";
import { MemoryFiles } from "kubenetsim/shell/memory-files";
import { describe, expect, it } from "vitest";

const shop = madeCertificate({ commonName: "shop.test", dnsNames: ["shop.test"] });
const other = madeCertificate({ commonName: "other.test", dnsNames: ["other.test"] });

/** The words are those of crypto/tls X509KeyPair, which kubectl hands on (pkg/cmd/create/create_secret_tls.go). */
describe("kubectl create secret tls", () => {
  const files = new MemoryFiles({
    "shop.crt": shop.certificate,
    "shop.key": shop.key,
    "other.key": other.key,
    "empty.pem": "",
    "broken.crt": shop.certificate.replace(/\n.{10}/, "\nAAAAAAAAAA"),
  });
  const run = (cert: string, key: string): string => {
    const api = new TestApiServer(emptyState({ serviceCIDRs: ["10.96.0.0/12"] }));
    const words = [
      "create",
      "secret",
      "tls",
      "shop",
      `--cert=${cert}`,
      `--key=${key}`,
      "--dry-run=client",
      "-o",
      "name",
    ];
    const { stdout, stderr } = runKubectl(words, {
      handle: (request) => answerRequest(request, (resource) => api.server.handle(resource)),
      files,
      stdin: "",
      nowMs: api.clock.nowMs,
      wait: () => false,
    });
    return stdout + stderr;
  };

  it.each([
    ["shop.crt", "shop.key", "secret/shop"],
    ["shop.crt", "other.key", "error: tls: private key does not match public key"],
    [
      "shop.key",
      "shop.crt",
      "error: tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched",
    ],
    ["shop.crt", "shop.crt", "error: tls: found a certificate rather than a key in the PEM for the private key"],
    ["shop.crt", "empty.pem", "error: tls: failed to find any PEM data in key input"],
    ["empty.pem", "shop.key", "error: tls: failed to find any PEM data in certificate input"],
    ["broken.crt", "shop.key", "error: x509: malformed certificate"],
    ["absent.crt", "shop.key", "error: Cannot read file absent.crt, open absent.crt: no such file or directory"],
  ])("--cert=%s --key=%s", (cert, key, answer) => {
    expect(run(cert, key)).toBe(`${answer}\n`);
  });
});
