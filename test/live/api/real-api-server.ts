import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CannotCompare } from "../comparison.ts";
import { freePort } from "../free-port.ts";
import { repositoryRoot } from "../repository-root.ts";
import type { Answer } from "./plain-answer.ts";
import type { Request } from "./random-conversation.ts";
import type { Json } from "./random-fields.ts";

const source = join(repositoryRoot, "bench/peers/control-plane");
const program = join(repositoryRoot, "build/peers/kube-apiserver");
const token = "loopback-only";
const version = "k8s.io/component-base/version.git";

/** A real etcd and a real kube-apiserver on loopback, for as long as this process runs. */
export class RealApiServer {
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  /** Ends both. */
  readonly end: () => void;

  private constructor(port: number, end: () => void) {
    this.#port = port;
    this.end = end;
  }

  /** @throws CannotCompare where they cannot run */
  static async start(log: (line: string) => void): Promise<RealApiServer> {
    requirePrograms(log);
    const folder = mkdtempSync(join(tmpdir(), "kubenetsim-api-"));
    const [etcdPort, peerPort, port] = [await freePort(), await freePort(), await freePort()];
    const children = [startEtcd(folder, etcdPort, peerPort), startServer(folder, etcdPort, port)];
    // They do not keep this process from ending.
    for (const child of children) child.unref();
    const end = (): void => {
      for (const child of children) child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    };
    process.on("exit", end);
    const server = new RealApiServer(port, end);
    await server.#untilReady(children);
    return server;
  }

  /** With these it is the one that kubectl talks to. */
  get kubectlWords(): readonly string[] {
    return [`--server=https://127.0.0.1:${this.#port}`, `--token=${token}`, "--insecure-skip-tls-verify"];
  }

  ask(one: Request, namespace: string): Promise<Answer> {
    const query = new URLSearchParams(one.query ?? {}).toString();
    const path = one.path.replace("NAMESPACE", namespace) + (query === "" ? "" : `?${query}`);
    const headers = {
      authorization: `Bearer ${token}`,
      accept: one.accept ?? "application/json",
      ...(one.body === undefined ? {} : { "content-type": one.contentType ?? "application/json" }),
    };
    const options = { host: "127.0.0.1", port: this.#port, method: one.method, path, headers, agent: this.#agent };
    return new Promise((done, fail) => {
      const sent = httpsRequest(options, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          const body = text.startsWith("{") ? (JSON.parse(text) as Json) : text;
          const warnings = warningTexts(answer.headers.warning as string | string[] | undefined);
          done({ code: answer.statusCode!, warnings, body });
        });
      });
      sent.on("error", fail);
      sent.end(one.body === undefined ? undefined : JSON.stringify(one.body));
    });
  }

  async #untilReady(children: readonly ChildProcess[]): Promise<void> {
    for (let tries = 0; tries < 600; tries++) {
      if (children.some(({ exitCode }) => exitCode !== null)) throw new CannotCompare("etcd or kube-apiserver ended");
      await new Promise((done) => setTimeout(done, 200));
      try {
        const path = "/api/v1/namespaces/default/services/kubernetes";
        if ((await this.ask({ method: "GET", path }, "")).code === 200) return;
      } catch {
        // Not yet.
      }
    }
    throw new CannotCompare("kube-apiserver was not ready within two minutes");
  }
}

/** The texts of `299 - "…"` headers. */
function warningTexts(header: string | string[] | undefined): string[] {
  const text = Array.isArray(header) ? header.join(", ") : (header ?? "");
  return [...text.matchAll(/299 - ("(?:[^"\\]|\\.)*")/g)].map(([, quoted]) => JSON.parse(quoted!) as string);
}

function requirePrograms(log: (line: string) => void): void {
  if (spawnSync("etcd", ["--version"]).error !== undefined)
    throw new CannotCompare("there is no etcd (Debian: etcd-server)");
  if (existsSync(program)) return;
  if (spawnSync("go", ["version"]).error !== undefined)
    throw new CannotCompare("there is no Go to build the real kube-apiserver");
  log("building the real kube-apiserver (some minutes at the first time)");
  const flags = `-s -w -X ${version}Version=v1.37.2 -X ${version}Major=1 -X ${version}Minor=37`;
  const built = spawnSync("go", ["build", "-trimpath", "-ldflags", flags, "-o", program, "."], {
    cwd: source,
    encoding: "utf8",
  });
  if (built.status !== 0) throw new CannotCompare(`go build failed: ${built.stderr.trim()}`);
}

function startEtcd(folder: string, port: number, peerPort: number): ChildProcess {
  const client = `http://127.0.0.1:${port}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  return spawn(
    "etcd",
    [
      ...["--data-dir", join(folder, "etcd"), "--listen-client-urls", client, "--advertise-client-urls", client],
      ...["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", `default=${peer}`],
      "--unsafe-no-fsync",
    ],
    { stdio: "ignore" },
  );
}

function startServer(folder: string, etcdPort: number, port: number): ChildProcess {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const args = [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${port}`,
    "--advertise-address=192.168.10.2",
    "--service-cluster-ip-range=10.96.0.0/12,fd00:10:96::/112",
    `--cert-dir=${join(folder, "certs")}`,
    `--token-auth-file=${file("tokens.csv", `${token},admin,admin,system:masters\n`)}`,
    "--authorization-mode=AlwaysAllow",
    "--allow-privileged=true",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-signing-key-file=${file("sa.key", privateKey)}`,
    `--service-account-key-file=${file("sa.pub", publicKey)}`,
    "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition",
  ];
  return spawn(program, args, { stdio: "ignore" });
}
