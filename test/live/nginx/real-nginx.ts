import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const preload = fileURLToPath(new URL("given-time-and-chance.c", import.meta.url));
/** It ends by itself even when nobody ends it. */
const longestSeconds = 600;

/** Why the real nginx cannot run here, or undefined. */
export function nginxMissing(): string | undefined {
  if (process.platform !== "linux") return "it takes Linux";
  const absent = ["nginx", "cc", "timeout"].filter(
    (tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0,
  );
  return absent.length > 0 ? `there is no ${absent.join(", no ")}` : undefined;
}

export interface Answer {
  readonly status: number;
  /** `$upstream_addr`: to whom it went, one after the other. */
  readonly upstreams: readonly string[];
}

/** Debian's nginx in one process, listening on a Unix socket, in a folder of its own; its seconds and draws are given. */
export class RealNginx {
  readonly folder: string = mkdtempSync(join(tmpdir(), "kubenetsim-nginx-"));
  readonly #given = join(this.folder, "given");
  #file = -1;
  #process: ChildProcess | undefined;

  /** `upstreams`: the `upstream` blocks, named u0, u1 ...; requests for /u0 go to the first. */
  async start(upstreams: readonly string[]): Promise<void> {
    writeFileSync(this.#given, new Uint8Array(8));
    this.#file = openSync(this.#given, "r+");
    const library = join(this.folder, "given.so");
    const built = spawnSync("cc", ["-O2", "-shared", "-fPIC", "-o", library, preload], { encoding: "utf8" });
    if (built.status !== 0) throw new Error(`cc: ${built.stderr}`);
    writeFileSync(join(this.folder, "nginx.conf"), configuration(this.folder, upstreams));
    const environment = [`LD_PRELOAD=${library}`, `GIVEN_TIME_AND_CHANCE=${this.#given}`];
    const command = ["nginx", "-p", this.folder, "-c", "nginx.conf", "-e", "error.log"];
    this.#process = spawn("timeout", [String(longestSeconds), "env", ...environment, ...command], { stdio: "ignore" });
    for (let waited = 0; !existsSync(this.#socket); waited += 20) {
      if (this.#process.exitCode !== null || waited > 10_000) throw new Error(`nginx did not start: ${this.#log()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child !== undefined && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
    }
    if (this.#file >= 0) closeSync(this.#file);
    rmSync(this.folder, { recursive: true, force: true });
  }

  setSeconds(seconds: number): void {
    writeSync(this.#file, new Uint32Array([seconds]), 0, 4, 0);
  }

  setChance(state: number): void {
    writeSync(this.#file, new Uint32Array([state]), 0, 4, 4);
  }

  request(path: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = httpRequest({ socketPath: this.#socket, path, headers, agent: false, timeout: 20_000 });
      request.once("timeout", () => request.destroy(new Error(`no answer to ${path}: ${this.#log()}`)));
      request.once("error", reject);
      request.once("response", (response) => {
        response.resume().once("end", () => {
          const upstreams = String(response.headers["x-upstream"] ?? "");
          resolve({ status: response.statusCode!, upstreams: upstreams.split(", ") });
        });
      });
      request.end();
    });
  }

  get #socket(): string {
    return join(this.folder, "nginx.sock");
  }

  #log(): string {
    const path = join(this.folder, "error.log");
    return existsSync(path) ? readFileSync(path, "utf8").slice(-2000) : "it has no log";
  }
}

function configuration(folder: string, upstreams: readonly string[]): string {
  const kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const places = upstreams.map((_, i) => `location = /u${i} { proxy_pass http://u${i}; }`);
  return `daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log crit;
events { worker_connections 1000; }
http {
  access_log off;
  ${kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join("\n  ")}
  set_real_ip_from unix:;
  real_ip_header X-Client;
  ${upstreams.map((block, i) => `upstream u${i} {\n${block}\n  }`).join("\n  ")}
  server {
    listen unix:${folder}/nginx.sock;
    add_header X-Upstream $upstream_addr always;
    ${places.join("\n    ")}
  }
}
`;
}
