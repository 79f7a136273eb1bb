import { existsSync } from "node:fs";
import { connect } from "node:net";
import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { KeptLog } from "@kubenetsim/ingress/controller-log";
import type { HttpRequest } from "@kubenetsim/ingress/http/http-message";
import { IngressNginxController } from "@kubenetsim/ingress/ingress-nginx/controller";
import type { Configuration } from "@kubenetsim/ingress/ingress-nginx/model/configuration";
import { Nginx } from "@kubenetsim/ingress/ingress-nginx/request/nginx";
import { ingressObject } from "@kubenetsim/testing/ingress-objects";
import { madeCertificate } from "@kubenetsim/testing/made-certificate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EchoEndpoints } from "./echo-endpoints.ts";
import { freePorts, NginxFolder, nginxProgram, RealNginx } from "./real-nginx.ts";
import { serviceObjects, services } from "./routing-cases.ts";

type Asked = Partial<HttpRequest>;

const small: HttpRequest = {
  method: "GET",
  target: "/",
  host: "a.test",
  headers: {},
  bodyBytes: 0,
  clientAddress: "127.0.0.1",
  isTls: false,
};

/** A header whose line has this many bytes. */
function line(name: string, bytes: number): Readonly<Record<string, string>> {
  return { [name]: "v".repeat(bytes - name.length - 4) };
}

/** A target whose request line has this many bytes. */
function target(bytes: number): string {
  return `/${"t".repeat(bytes - 16)}`;
}

const lines = (count: number, bytes: number): Readonly<Record<string, string>> =>
  Object.assign({}, ...Array.from({ length: count }, (_, i) => line(`X-${i}`, bytes)));

const requests: Readonly<Record<string, Asked>> = {
  plain: {},
  "small letters": { method: "get" },
  "a method with a space": { method: "G T" },
  "a method of others": { method: "PURGE" },
  "no method": { method: "" },
  TRACE: { method: "TRACE" },
  CONNECT: { method: "CONNECT" },
  "TRACE without a host": { method: "TRACE", host: undefined },
  "a target with a space": { target: "/a b" },
  "a target with a tab": { target: "/a\tb" },
  "a target with a wrong escape": { target: "/%zz" },
  "a name with a space": { headers: { "a b": "c" } },
  "no name": { headers: { "": "c" } },
  "a value with a zero byte": { headers: { a: "b\0c" } },
  "an underscore": { headers: { x_under: "1", "x-dash": "2" } },
  "other characters": { headers: { "x!": "1", "x.y": "2", "x-dash": "3" } },
  "a wrong length": { headers: { "Content-Length": "abc" } },
  "an unknown encoding": { headers: { "Transfer-Encoding": "gzip" } },
  "length and encoding": { headers: { "Content-Length": "5", "Transfer-Encoding": "chunked" } },
  "a line that just fits": { target: target(8192) },
  "a line that does not": { target: target(8193) },
  "a line that does not, of TRACE": { method: "TRACE", target: target(9000) },
  "a header that just fits": { headers: line("X-Long", 8192) },
  "a header that does not": { headers: line("X-Long", 8193) },
  "a header of other letters": { headers: { "X-Long": "é".repeat(4091) } },
  "one of other letters that does not": { headers: { "X-Long": "é".repeat(4092) } },
  "four long headers": { headers: lines(4, 8190) },
  "four longest headers": { headers: lines(4, 8192) },
  "five long headers": { headers: lines(5, 5000) },
  "long line, three headers": { target: target(8000), headers: lines(3, 8100) },
  "long line, four headers": { target: target(8000), headers: lines(4, 8100) },
  "many headers": { headers: lines(300, 100) },
  "too many headers": { headers: lines(340, 100) },
};

let echoes: EchoEndpoints;
let folder: NginxFolder;

/** What the wire has of a request. */
function wireText({ method, target: asked, host, headers }: HttpRequest): string {
  const named = { ...(host !== undefined && { Host: host }), ...headers };
  const written = Object.entries(named).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${asked} HTTP/1.1\r\n${written.join("")}\r\n`;
}

/** The text of an answer. */
function askReal(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let answer = "";
    const end = (): void => {
      socket.destroy();
      // Without what parts chunks.
      resolve(answer.replace(/\r\n[0-9a-f]+\r\n(?!$)/g, ""));
    };
    socket.setEncoding("latin1");
    socket.on("data", (part: string) => {
      answer += part;
      const head = answer.indexOf("\r\n\r\n");
      const length = /content-length: (\d+)/i.exec(answer)?.[1];
      if (length === undefined ? answer.endsWith("\r\n0\r\n\r\n") : answer.length >= head + 4 + Number(length)) end();
    });
    socket.on("end", end);
    socket.on("error", reject);
    socket.setTimeout(3000, end);
  });
}

function configurationOf(
  settings: Readonly<Record<string, string>>,
  [http, https, own, status]: number[],
): Configuration {
  const ports = { http, https, default: own, status } as { http: number };
  const controller = new IngressNginxController({ ports, configMap: "n/settings" }, new KeptLog());
  const metadata = { namespace: "n", name: "settings" };
  const portOf = new Map(echoes.endpoints.map(({ address, port }) => [address, port]));
  const objects = [
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: settings } as ApiObject,
    ...serviceObjects(portOf, 1),
    ingressObject("web", { host: "a.test", paths: [["/", "Prefix", "one"]] }),
  ];
  for (const object of objects) {
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    controller.apply({ revision: 1, kind: object.kind, key, before: undefined, after: object });
  }
  expect(controller.sync()).toBe("reloaded");
  return controller.running!;
}

const settings = [
  {},
  { "enable-underscores-in-headers": "true" },
  { "ignore-invalid-headers": "false" },
  { "large-client-header-buffers": "2 9k", "client-header-buffer-size": "4k" },
];

describe.skipIf(!existsSync(nginxProgram))("what a real nginx reads of requests", () => {
  beforeAll(async () => {
    echoes = await EchoEndpoints.start(Object.values(services).flat());
    const { certificate, key } = madeCertificate({ commonName: "own", dnsNames: ["own"] });
    folder = new NginxFolder(new Map([["", certificate + key]]));
  });

  afterAll(() => {
    echoes.stop();
    folder.remove();
  });

  it.each(settings)(
    "with %j",
    async (data) => {
      const ports = await freePorts(4);
      const configuration = configurationOf(data, ports);
      const real = await RealNginx.start(folder, configuration);
      const ours = new Nginx({ send: () => ({ status: 200 }), random: () => 0.5 });
      ours.load(configuration, { isReload: true, nowMs: 0 });
      try {
        for (const [what, asked] of Object.entries(requests)) {
          const request = { ...small, ...asked };
          const answer = await askReal(ports[0]!, wireText(request));
          const { status, upstream, steps } = ours.answer(request, 0);
          const named = Object.keys(request.headers).map((name) => name.toLowerCase());
          const passed = named.filter((name) => upstream?.headers[name] !== undefined);
          const realPassed = named.filter((name) => answer.includes(`"${name}":`));
          expect({ what, steps, status, passed: upstream && passed }).toEqual({
            what,
            steps,
            status: Number(answer.split(" ")[1]),
            passed: upstream && realPassed,
          });
        }
      } finally {
        await real.stop();
      }
    },
    60_000,
  );
});
