import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { get, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Cluster } from "kubenetsim";
import { type RunningServer, serveCluster } from "kubenetsim/cli/serve/http-server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Watcher } from "../../bench/api/watcher.ts";
import { Writer } from "../../bench/api/writer.ts";
import { runCli } from "../cli/run-cli.ts";

const services = "/api/v1/namespaces/default/services";

describe("kubenetsim serve", () => {
  let lab: Cluster;
  let server: RunningServer;

  beforeEach(async () => {
    lab = Cluster.create({ nodes: ["n1"] });
    server = await serveCluster(lab, { host: "127.0.0.1", port: 0 });
  });

  afterEach(() => server.close());

  /** The status line of what is written to the socket as it stands. */
  const raw = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(server.url).port), "127.0.0.1", () => socket.write(text));
      socket.once("data", (data) => {
        resolve(data.toString().split("\r\n")[0]!);
        socket.destroy();
      });
      socket.once("error", reject);
    });

  it("takes paths as they are written", async () => {
    const paths = [
      "/api/../version",
      "/api/v1/%2e%2e/version",
      "/./version",
      "//version",
      "/version/..%2f..%2fetc/passwd",
    ];
    for (const path of [...paths, "/api/v1/namespaces/default/services/../services"]) {
      expect(await raw(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)).toBe("HTTP/1.1 404 Not Found");
    }
    expect(await raw("GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n")).toBe("HTTP/1.1 200 OK");
  });

  it("refuses the names of others, and what is no HTTP", async () => {
    expect(await raw("GET /version HTTP/1.1\r\nHost: evil.example\r\n\r\n")).toBe("HTTP/1.1 403 Forbidden");
    expect(await raw("GET /version HTTP/1.1\r\n\r\n")).toBe("HTTP/1.1 400 Bad Request");
    expect(await raw("HELLO\r\n\r\n")).toBe("HTTP/1.1 400 Bad Request");
  });

  it("says no to a body that is too large, and changes nothing", async () => {
    const { revision } = lab.state;
    const head = `POST ${services} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
    expect(await raw(`${head}Content-Length: 99999999\r\n\r\n{`)).toBe("HTTP/1.1 413 Payload Too Large");
    const status = await new Promise<number>((resolve, reject) => {
      const sent = request(server.url + services, { method: "POST" }, ({ statusCode }) => resolve(statusCode!));
      sent.on("error", reject);
      // In chunks, without a length.
      for (let i = 0; i < 40; i++) sent.write("a".repeat(100_000));
      sent.end();
    });
    expect(status).toBe(413);
    const headers = { "content-type": "application/json" };
    const malformed = await fetch(server.url + services, { method: "POST", headers, body: "{" });
    expect([malformed.status, lab.state.revision]).toEqual([400, revision]);
  });

  it("lets go of watches whose clients are gone", async () => {
    const begun = lab.state.revision;
    const watches = await Promise.all(Array.from({ length: 50 }, () => watching(server.url)));
    for (const watch of watches) watch.destroy();
    const answer = await fetch(`${server.url}${services}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ metadata: { name: "web" }, spec: { ports: [{ port: 80 }] } }),
    });
    expect(answer.status).toBe(201);
    expect(lab.state.revision).toBeGreaterThan(begun);
  });

  it("breaks off a watch that is not read, and serves the others", async () => {
    const slow = await watching(server.url);
    const closed = new Promise((resolve) => slow.once("close", resolve));
    const quick = new Watcher();
    await quick.start(`${server.url}/api/v1/configmaps?watch=1&resourceVersion=${lab.state.revision}`);
    const data = { text: "x".repeat(900_000) };
    for (let i = 0; i < 60; i++) {
      const body = JSON.stringify({ metadata: { name: `big${i}` }, data });
      const made = await fetch(`${server.url}/api/v1/namespaces/default/configmaps`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
      });
      expect(made.status).toBe(201);
      await made.arrayBuffer();
    }
    slow.resume();
    await closed;
    await vi.waitFor(() => expect(quick.events).toBe(60), { timeout: 10_000 });
    expect(quick.disordered).toBe(0);
    quick.stop();
  });

  it("tells every watcher of every write, in order", async () => {
    const watchers = Array.from({ length: 20 }, () => new Watcher());
    const from = lab.state.revision;
    await Promise.all(
      watchers.map((watcher) => watcher.start(`${server.url}/api/v1/services?watch=1&resourceVersion=${from}`)),
    );
    const writers = Array.from({ length: 8 }, (_, i) => new Writer(server.url, String(i)));
    await Promise.all(
      writers.map(async (writer) => {
        for (let i = 0; i < 50; i++) await writer.write();
      }),
    );
    const writes = writers.reduce((sum, { done }) => sum + done, 0);
    expect(writes).toBe(400);
    await vi.waitFor(() => expect(watchers.map(({ events }) => events)).toEqual(watchers.map(() => writes)), {
      timeout: 10_000,
    });
    expect(watchers.map(({ disordered }) => disordered)).toEqual(watchers.map(() => 0));
    for (const one of [...watchers]) one.stop();
    for (const writer of writers) writer.close();
  });

  it("cannot listen twice, and ends with all its connections", async () => {
    const { port } = new URL(server.url);
    const twice = serveCluster(Cluster.create(), { host: "127.0.0.1", port: Number(port) });
    await expect(twice).rejects.toMatchObject({ code: "EADDRINUSE" });
    const watch = await watching(server.url);
    const closed = new Promise((resolve) => watch.resume().once("close", resolve));
    await server.close();
    await closed;
    await expect(fetch(server.url)).rejects.toThrow();
  });
});

describe("the command", () => {
  const command = fileURLToPath(new URL("../../packages/kubenetsim/bin/kubenetsim.js", import.meta.url));

  it.skipIf(!existsSync(new URL("../dist/cli/commands/serve.js", `file://${command}`)))(
    "writes a kubeconfig for its owner alone, and ends when it is told to",
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "kubenetsim-"));
      const child = spawn(process.execPath, [command, "serve", "--port", "0", "--kubeconfig", "k"], { cwd: folder });
      let out = "";
      child.stdout.on("data", (data: Buffer) => {
        out += data.toString();
      });
      await vi.waitFor(() => expect(out).toContain("export KUBECONFIG="), { timeout: 20_000 });
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(out)![0];
      expect(readFileSync(join(folder, "k"), "utf8")).toContain(`server: ${url}\n`);
      expect(statSync(join(folder, "k")).mode & 0o777).toBe(0o600);
      const watch = await watching(url);
      watch.resume();
      child.kill("SIGINT");
      expect(await once(child, "exit")).toEqual([0, null]);
      rmSync(folder, { recursive: true });
    },
  );

  it("says what is wrong with its words", () => {
    expect(runCli(["serve", "--port", "x"])).toMatchObject({ code: 2, err: expect.stringContaining('not "x"') });
    expect(runCli(["serve", "--port", "65536"]).code).toBe(2);
    expect(runCli(["serve", "--kubeconfig", "no/such/folder/k"]).code).toBe(2);
    expect(runCli(["serve", "-f", "nosuch.yaml", "--kubeconfig", join(tmpdir(), "k")]).code).toBe(2);
  });
});

/** A watch of all ConfigMaps, of which nothing is read. */
function watching(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = get(`${url}/api/v1/configmaps?watch=1&resourceVersion=0`, { agent: false }, (response) => {
      response.on("error", () => {});
      resolve(response);
    });
    asked.on("error", reject);
  });
}
