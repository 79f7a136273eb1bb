import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { ingressClusterYaml } from "@kubenetsim/testing/ingress-cluster";
import { Cluster } from "kubenetsim";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const curl = "/usr/bin/curl";

interface Printed {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Command lines, where `URL` is the place that answers and `PLACE` its host and port. */
const lines = [
  "curl -sS URL/cart",
  "curl -sSi URL/cart",
  "curl -sSv URL/cart",
  "curl -sSI URL/cart",
  "curl -sSv -X PUT --data-raw xx -H Host:shop.test -H X-A:1 URL/",
  "curl -sSv -d a=b -d c -u x:y -A agent -e http://from.test/ -b c=d URL/",
  "curl -sSv -G -d a=b URL/cart?x=1",
  "curl -sSf URL/none",
  "curl -sSfv URL/none",
  "curl -sf URL/none",
  "curl -sSvL --max-redirs 2 URL/loop",
  "curl -sSL --max-redirs 0 URL/loop",
  "curl -sSiL URL/once",
  "curl -sSv URL/once",
  "curl -sSv URL/close",
  "curl -sS URL/cart URL/none",
  "curl -sSv URL/cart URL/none",
  "curl -sSvk https://PLACE/",
  "curl -sS -w '%{http_code}|%{content_type}|%{url_effective}|%{num_redirects}|%{redirect_url}|%{scheme}|%{method}|%{exitcode}|%{size_download}|%{size_header}|%{num_headers}|%{http_version}|%{nosuch}|%%\\n' URL/once",
  "curl -sS -o /dev/null -w '%{response_code} %{errormsg} %{urlnum} %{size_upload}\\n' -d abc URL/cart",
  "curl -sS -c - URL/cookie",
  "curl -sS - URL/cookie",
  "curl -sS --nosuch URL",
  "curl -sS --da URL",
  "curl -sS -H",
  "curl -sS",
  "curl -sS htp://x/",
  "curl -sS --resolve shop.test:80 URL/",
  "curl -sS nosuch.invalid",
  "curl -s nosuch.invalid",
] as const;

/** What the Pod answers by path. */
const answers: Readonly<
  Record<string, { status: number; headers?: Record<string, string>; cookies?: string[]; body?: string }>
> = {
  "/none": { status: 404, headers: { "content-type": "text/html" }, body: "none\n" },
  "/loop": { status: 302, headers: { location: "/loop" }, body: "again\n" },
  "/once": { status: 308, headers: { location: "/cart" }, body: "moved\n" },
  "/close": { status: 400, headers: { connection: "close" }, body: "closed\n" },
  "/cookie": { status: 200, cookies: ["a=b; Max-Age=60; Path=/; HttpOnly", "c=d"], body: "x\n" },
};

let lab: Cluster;
let real: Server;
let port = 0;

/** The same answers from a socket, in the form of ours. */
function serve(): Promise<Server> {
  const server = createServer((socket) => {
    let text = "";
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      while (true) {
        const end = text.indexOf("\r\n\r\n");
        if (end < 0) return;
        const length = Number(/content-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
        if (text.length < end + 4 + length) return;
        const [method = "", target = ""] = text.split(" ");
        if (!/^[A-Z]+ /.test(text)) return void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
        text = text.slice(end + 4 + length);
        const printed = lab.external().sh(`curl -si 'http://shop.test:30080${target}'`).stdout;
        const [head = "", ...body] = printed.split("\n\n");
        const sent = `${head.replaceAll("\n", "\r\n")}\r\n\r\n`;
        socket.write(method === "HEAD" ? sent : sent + body.join("\n\n"));
        if (head.includes("Connection: close")) socket.end();
      }
    });
    socket.on("error", () => {});
    socket.once("data", (bytes) => {
      if (bytes[0] === 0x16) socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

beforeAll(async () => {
  lab = Cluster.create({
    nodes: ["n1"],
    http: {
      answer: (_, { target }) =>
        answers[target.split("?")[0]!] ?? { status: 200, headers: { "content-type": "text/plain" }, body: "hello\n" },
    },
  });
  lab.apply(ingressClusterYaml());
  lab.settle();
  lab.external().sh("echo 192.168.10.11 shop.test >> /etc/hosts");
  real = await serve();
  const address = real.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
});

afterAll(() => {
  real.close();
});

function run(line: string): Promise<Printed> {
  return new Promise((resolve) => {
    execFile("/bin/sh", ["-c", line], { env: { PATH: "/usr/bin:/bin" } }, (error, stdout, stderr) => {
      resolve({ stdout, stderr, exitCode: error === null ? 0 : Number(error.code) });
    });
  });
}

/** Without what differs from run to run, and without alerts about data that is not shown, which a terminal does not get. */
function plain({ stdout, stderr, exitCode }: Printed): Printed {
  const without = (text: string): string =>
    text
      .replaceAll("\r\n", "\n")
      .split("\n")
      .filter((line) => !/^[{}] \[\d+ bytes data\]$/.test(line))
      .join("\n")
      .replace(/0x[0-9a-f]+/g, "0x0")
      .replace(/after \d+ ms/g, "after 0 ms")
      .replace(/\t\d{10}\t/g, "\tTIME\t")
      .replace(/expire \d+/g, "expire TIME");
  return { stdout: without(stdout), stderr: without(stderr), exitCode };
}

describe.skipIf(!existsSync(curl))("a real curl", () => {
  it.each(lines)("prints what ours prints: %s", async (line) => {
    const typed = (port: number, address: string): string =>
      line
        .replace(/^curl( -\w+)?/, `$& --resolve shop.test:${port}:${address}`)
        .replaceAll("URL", `http://shop.test:${port}`)
        .replaceAll("PLACE", `shop.test:${port}`);
    const ours = plain(lab.external().sh(typed(30080, "192.168.10.11")));
    const theirs = plain(await run(typed(port, "127.0.0.1")));
    const moved = (text: string): string =>
      text.replaceAll(String(port), "30080").replaceAll("127.0.0.1", "192.168.10.11");
    expect(ours).toEqual({ ...theirs, stdout: moved(theirs.stdout), stderr: moved(theirs.stderr) });
  });
});
