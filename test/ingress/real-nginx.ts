import { spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent as PlainAgent, request as plainRequest } from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import type { HttpRequest } from "@kubenetsim/ingress/http/http-message";
import { nginxConf } from "@kubenetsim/ingress/ingress-nginx/conf/nginx-conf";
import { runFolder } from "@kubenetsim/ingress/ingress-nginx/conf/run-folder";
import type { Configuration } from "@kubenetsim/ingress/ingress-nginx/model/configuration";

/** Where Debian's nginx is, and the module for streams. */
export const nginxProgram = "/usr/sbin/nginx";
export const streamModule = "/usr/lib/nginx/modules/ngx_stream_module.so";

/**
 * Bodies of more bytes are sent when nginx asks for them, as curl does. Of one that comes unasked it throws away what has come by then,
 * and what is left may be small enough for the next.
 */
const longestUnasked = 1024 ** 2;

/** What a real nginx answered. */
export interface RealAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Common name of the certificate that was shown; empty without TLS. */
  readonly commonName: string;
}

/** Ports that are free now, below those that the kernel gives to connections. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let port = 12_000 + ((process.pid * 16) % 19_000); ports.length < count; port++) {
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.on("error", () => resolve(false));
    server.listen(port, "0.0.0.0", () => server.close(() => resolve(true)));
  });
}

/** A folder with all that nginx.conf names; the files of certificates are given by Secret, namespace/name, `""` for the controller's own. */
export class NginxFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), "nginx-"));

  constructor(certificates: ReadonlyMap<string, string>) {
    chmodSync(this.path, 0o755);
    mkdirSync(join(this.path, "run"));
    mkdirSync(join(this.path, "ssl"));
    for (const [secret, pem] of certificates) {
      writeFileSync(join(this.path, "ssl", `${secret.replace("/", "-") || "default-fake-certificate"}.pem`), pem);
    }
  }

  /** Writes a configuration's file, its paths moved here. */
  write(configuration: Configuration): void {
    const text = nginxConf(configuration)
      .replaceAll(runFolder, join(this.path, "run"))
      .replaceAll("/etc/ingress-controller", this.path)
      .replaceAll("/var/log/nginx", this.path);
    writeFileSync(this.file, text);
  }

  get file(): string {
    return join(this.path, "nginx.conf");
  }

  /** The first error that `nginx -t` tells of, without file and line; undefined when it takes the file. */
  test(): string | undefined {
    const { status, stderr } = spawnSync(nginxProgram, ["-e", join(this.path, "error.log"), "-t", "-c", this.file]);
    if (status === 0) return undefined;
    const line = stderr
      .toString("utf8")
      .split("nginx: ")
      .find((each) => each.startsWith("[emerg]"));
    return `nginx: ${line?.trim().replace(/ in \S*nginx\.conf:\d+$/, "")}`;
  }

  get errors(): string {
    const log = join(this.path, "error.log");
    return existsSync(log) ? readFileSync(log, "utf8") : "";
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

/** A real nginx that runs a configuration's file on the ports that it names. */
export class RealNginx {
  readonly #child: ReturnType<typeof spawn>;
  readonly #ports: Configuration["ports"];
  readonly #plain = new PlainAgent({ keepAlive: true });
  readonly #tls = new TlsAgent({ keepAlive: true, rejectUnauthorized: false, maxCachedSessions: 0 });

  private constructor(folder: NginxFolder, ports: Configuration["ports"]) {
    this.#ports = ports;
    this.#child = spawn(nginxProgram, ["-e", join(folder.path, "error.log"), "-c", folder.file], { stdio: "ignore" });
  }

  static async start(folder: NginxFolder, configuration: Configuration): Promise<RealNginx> {
    folder.write(configuration);
    const nginx = new RealNginx(folder, configuration.ports);
    for (let left = 200; ; left--) {
      const isUp = await nginx.#isUp();
      if (isUp) return nginx;
      if (left === 0) throw new Error(`nginx does not answer: ${folder.errors}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  #isUp(): Promise<boolean> {
    return new Promise((resolve) => {
      const sent = plainRequest({ host: "127.0.0.1", port: this.#ports.status, path: "/healthz" }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      sent.on("error", () => resolve(false));
      sent.end();
    });
  }

  ask({
    method,
    target,
    host,
    headers,
    bodyBytes,
    clientAddress,
    isTls,
    serverName,
  }: HttpRequest): Promise<RealAnswer> {
    const body = "x".repeat(bodyBytes);
    const waits = bodyBytes > longestUnasked;
    const options = {
      host: "127.0.0.1",
      port: isTls ? this.#ports.https : this.#ports.http,
      localAddress: clientAddress,
      method,
      path: target,
      headers: {
        ...headers,
        Host: host,
        ...(bodyBytes > 0 && { "Content-Length": String(bodyBytes) }),
        ...(waits && { Expect: "100-continue" }),
      },
    };
    return new Promise((resolve, reject) => {
      const sent = isTls
        ? tlsRequest({ ...options, agent: this.#tls, servername: serverName ?? "" })
        : plainRequest({ ...options, agent: this.#plain });
      sent.on("response", (response) => {
        const told = Object.entries(response.headers).map(([name, value]) => [name, [value].flat().join(", ")]);
        const commonName = isTls ? String((response.socket as TLSSocket).getPeerCertificate().subject.CN) : "";
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => {
          text += part;
        });
        response.on("end", () => {
          resolve({ status: response.statusCode!, headers: Object.fromEntries(told), body: text, commonName });
          if (!sent.writableEnded) sent.destroy();
        });
      });
      sent.on("error", reject);
      sent.setTimeout(3000, () =>
        sent.destroy(
          new Error(`no answer to ${method} ${host} ${target} ${JSON.stringify(headers)} ${bodyBytes} ${isTls}`),
        ),
      );
      if (waits) sent.on("continue", () => sent.end(body)).flushHeaders();
      else sent.end(body);
    });
  }

  async stop(): Promise<void> {
    this.#plain.destroy();
    this.#tls.destroy();
    const ended = new Promise((resolve) => this.#child.on("exit", resolve));
    this.#child.kill("SIGTERM");
    await ended;
  }
}
