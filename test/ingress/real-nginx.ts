import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  enforcesRegex,
  escapeQuoted,
  locationMatch,
  rewriteDirective,
  serverNameText,
} from "@kubenetsim/ingress/ingress-nginx/conf/directives";
import type { Configuration } from "@kubenetsim/ingress/ingress-nginx/model/configuration";

/** Where Debian's nginx is. */
export const nginxProgram = "/usr/sbin/nginx";

/** What a real nginx did with a request: which location passed it on, by `server location`, and with which target. */
export interface RealAnswer {
  readonly status: number;
  readonly location: string | undefined;
  readonly place: string;
  readonly url: string;
}

/** A real nginx with a configuration's servers and locations; what they pass on comes back as what they say. */
export class RealNginx {
  readonly #folder: string;
  readonly #child: ReturnType<typeof spawn>;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #port: number;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.#child = spawn(nginxProgram, ["-e", join(folder, "error.log"), "-c", join(folder, "nginx.conf")], {
      stdio: "ignore",
    });
  }

  /** Starts one on two ports of the loopback. */
  static async start(configuration: Configuration, port: number): Promise<RealNginx> {
    const folder = mkdtempSync(join(tmpdir(), "nginx-"));
    mkdirSync(join(folder, "temp"));
    writeFileSync(join(folder, "nginx.conf"), nginxConf(configuration, folder, port));
    const nginx = new RealNginx(folder, port);
    for (let left = 100; ; left--) {
      const isUp = await nginx.ask("_", "/").then(
        () => true,
        () => false,
      );
      if (isUp) return nginx;
      if (left === 0) throw new Error(`nginx does not answer, see ${folder}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  ask(host: string, path: string): Promise<RealAnswer> {
    return new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port: this.#port, path, headers: { Host: host }, agent: this.#agent };
      const sent = request(options, (response) => {
        response.resume();
        const header = (name: string): string | undefined => response.headers[name] as string | undefined;
        response.on("end", () => {
          resolve({
            status: response.statusCode!,
            location: header("location"),
            place: header("x-place") ?? "",
            url: header("x-url") ?? "",
          });
        });
      });
      sent.on("error", reject);
      sent.end();
    });
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    const ended = new Promise((resolve) => this.#child.on("exit", resolve));
    this.#child.kill("SIGTERM");
    await ended;
    rmSync(this.#folder, { recursive: true });
  }
}

function nginxConf({ servers }: Configuration, folder: string, port: number): string {
  const temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${folder}/temp;`);
  const sites = servers.map((server) => {
    const isRegex = enforcesRegex(server);
    const names = [serverNameText(server.hostname), ...server.aliases].map((name) => `"${escapeQuoted(name)}"`);
    const locations = server.locations.map((location) => {
      const match = locationMatch(location, isRegex);
      const rewrite = rewriteDirective(location);
      const place = escapeQuoted(`${server.hostname} ${match}`).replaceAll("$", `$${"{dollar}"}`);
      return `location ${match} { ${rewrite === undefined ? "" : `${rewrite};`}
        proxy_set_header X-Place "${place}"; proxy_pass http://127.0.0.1:${port + 1}; }`;
    });
    const isDefault = server.hostname === "_" ? " default_server" : "";
    return `server { listen 127.0.0.1:${port}${isDefault}; server_name ${names.join(" ")};\n${locations.join("\n")} }`;
  });
  return `daemon off; master_process off; pid ${folder}/pid; events { worker_connections 64; }
http { access_log off; port_in_redirect off; ${temp.join(" ")} server_names_hash_bucket_size 256;
geo $dollar { default "$"; }
${sites.join("\n")}
server { listen 127.0.0.1:${port + 1}; location / { add_header X-Place $http_x_place; add_header X-Url $request_uri; return 200; } } }
`;
}
