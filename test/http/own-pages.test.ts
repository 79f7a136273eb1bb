import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ownPage } from "@kubenetsim/ingress/ingress-nginx/request/own-page";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const nginx = "/usr/sbin/nginx";
const redirects = [301, 302, 303, 307, 308];
const errors = [400, 401, 402, 403, 404, 405, 406, 409, 410, 411, 412, 413, 414, 415, 416, 421, 429];
const failures = [500, 501, 502, 503, 504, 505, 507];
const without = [200, 204, 418, 422];
const port = 30_000 + (process.pid % 20_000);

let folder = "";
let child: ReturnType<typeof spawn>;

interface Page {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

function ask(path: string): Promise<Page> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, path, agent: false, headers: { Connection: "keep-alive" } }, (response) => {
      let body = "";
      response.setEncoding("latin1");
      response.on("data", (text: string) => {
        body += text;
      });
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body }));
    }).on("error", reject);
  });
}

beforeAll(async () => {
  if (!existsSync(nginx)) return;
  folder = mkdtempSync(join(tmpdir(), "pages-"));
  const locations = [
    ...redirects.map((code) => `location = /${code} { return ${code} http://to.test/; }`),
    ...[...errors, ...failures, ...without].map((code) => `location = /${code} { return ${code}; }`),
  ];
  const temps = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (each) => `${each}_temp_path ${folder}/${each};`,
  );
  writeFileSync(
    join(folder, "nginx.conf"),
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http { access_log off; server_tokens off; default_type text/html; ${temps.join(" ")}
  server { listen 127.0.0.1:${port}; ${locations.join("\n")} } }
`,
  );
  child = spawn(nginx, ["-e", join(folder, "error.log"), "-c", join(folder, "nginx.conf")], { stdio: "ignore" });
  for (let left = 100; left > 0; left--) {
    const isUp = await ask("/200").then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("nginx does not answer");
});

afterAll(() => {
  if (folder === "") return;
  child.kill();
  rmSync(folder, { recursive: true });
});

describe.skipIf(!existsSync(nginx))("a real nginx", () => {
  it.each([...redirects, ...errors, ...failures, ...without])("answers %i with our page", async (code) => {
    const { status, headers, body } = await ask(`/${code}`);
    const ours = ownPage(code);
    expect([status, body]).toEqual([code, ours.body]);
    expect(headers.connection).toBe(ours.headers.connection ?? "keep-alive");
    if (body !== "") expect(headers["content-type"]).toBe(ours.headers["content-type"]);
  });
});
