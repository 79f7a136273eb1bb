import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cluster } from "kubenetsim";
import { type RunningServer, serveCluster } from "kubenetsim/cli/serve/http-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { linesOfDig } from "./dig-lines.ts";
import { repositoryRoot } from "./repository-root.ts";

/** Debian's dig asks kubenetsim serve, and prints what it printed of a real CoreDNS. */
const hasDig = spawnSync("dig", ["-v"]).error === undefined;
const cases = ["seed-web", "statefulset-dns"];
const modes = ["insecure", "verified", "disabled"];

const textOf = (scenario: string, file: string): string =>
  readFileSync(join(repositoryRoot, "test/conformance/cases/cluster", scenario, file), "utf8").trimEnd();

describe.skipIf(!hasDig).each(cases)("dig in the cluster %s", (scenario) => {
  const folder = mkdtempSync(join(tmpdir(), "kubenetsim-dig-"));
  const questions = textOf(scenario, "dns.txt").split("\n");
  const servers = new Map<string, RunningServer>();

  beforeAll(async () => {
    for (const pods of modes) servers.set(pods, await serve(textOf(scenario, "cluster.yaml"), pods));
  });

  afterAll(async () => {
    await Promise.all([...servers.values()].map((server) => server.close()));
    rmSync(folder, { recursive: true });
  });

  it.each(modes.flatMap((pods) => (["notcp", "tcp"] as const).map((transport) => [pods, transport] as const)))(
    "pods %s, +%s",
    async (pods, transport) => {
      const file = join(folder, `${pods}-${transport}`);
      writeFileSync(file, questions.map((line) => `${line} +noedns +${transport}\n`).join(""));
      const { address, port } = servers.get(pods)!.dns!;
      const printed = await dig([`@${address}`, "-p", String(port), "-f", file]);
      expect(linesOfDig(questions, printed)).toEqual(textOf(scenario, `expected/dns/pods-${pods}.txt`).split("\n"));
    },
  );
});

it.skipIf(!hasDig)("are 60 questions or more", () => {
  expect(cases.flatMap((scenario) => textOf(scenario, "dns.txt").split("\n")).length).toBeGreaterThanOrEqual(60);
});

/** As where the answers were recorded: kubeadm's Corefile less forward, cache, loop and reload. */
function serve(yaml: string, pods: string): Promise<RunningServer> {
  const lab = Cluster.create();
  const Corefile = `.:53 {
  errors
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    pods ${pods}
    fallthrough in-addr.arpa ip6.arpa
    ttl 30
  }
  loadbalance
}
`;
  const configMap = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "coredns", namespace: "kube-system" },
    data: { Corefile },
  };
  lab.applyAll([
    { source: "cluster.yaml", text: yaml },
    { source: "coredns", text: JSON.stringify(configMap) },
  ]);
  return serveCluster(lab, { host: "127.0.0.1", port: 0, dnsPort: 0 });
}

function dig(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile("dig", args, (problem, stdout) => (problem === null ? resolve(stdout) : reject(problem)));
  });
}
