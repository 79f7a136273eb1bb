import { existsSync } from "node:fs";
import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { Secret } from "@kubenetsim/core/model/secret";
import { KeptLog } from "@kubenetsim/ingress/controller-log";
import type { HttpAnswer, HttpRequest } from "@kubenetsim/ingress/http/http-message";
import { IngressNginxController } from "@kubenetsim/ingress/ingress-nginx/controller";
import type { ListenPorts } from "@kubenetsim/ingress/ingress-nginx/listen-ports";
import type { Configuration } from "@kubenetsim/ingress/ingress-nginx/model/configuration";
import { Nginx } from "@kubenetsim/ingress/ingress-nginx/request/nginx";
import { type MadeCertificate, madeCertificate } from "@kubenetsim/testing/made-certificate";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Echo, EchoEndpoints, statusHeader } from "./echo-endpoints.ts";
import { freePorts, NginxFolder, nginxProgram, type RealAnswer, RealNginx } from "./real-nginx.ts";
import { certificates, serviceObjects, services, someIngresses, someRequest } from "./routing-cases.ts";

const seed = Number(process.env.SEED ?? 7);
const rounds = 40;
const requestsEach = 60;

/** A Secret for each certificate, and what nginx reads of it by the Secret's key; `""` is the controller's own. */
const made = new Map(
  Object.entries(certificates).map(([name, dnsNames]) => [name, certificateOf(dnsNames[0]!, dnsNames)]),
);
const pems: ReadonlyMap<string, string> = new Map([
  ["", pemOf(certificateOf("Kubernetes Ingress Controller Fake Certificate", ["ingress.local"]))],
  ...[...made].map(([name, each]): [string, string] => [`n/${name}`, pemOf(each)]),
]);

function certificateOf(commonName: string, dnsNames: readonly string[]): MadeCertificate {
  return madeCertificate({ commonName, dnsNames });
}

function pemOf({ certificate, key }: MadeCertificate): string {
  return certificate + key;
}

function secretObject(name: string, data: Readonly<Record<string, string>>): Secret {
  const encoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString("base64")]);
  const metadata = { namespace: "n", name };
  return { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data: Object.fromEntries(encoded) };
}

const secretObjects: ApiObject[] = [
  ...[...made].map(([name, { certificate, key }]) => secretObject(name, { "tls.crt": certificate, "tls.key": key })),
  secretObject("passwords", { auth: "" }),
];

function configurationOf(objects: readonly ApiObject[], ports: Partial<ListenPorts>): Configuration | undefined {
  const controller = new IngressNginxController({ ports }, new KeptLog());
  for (const object of objects) {
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    controller.apply({ revision: 1, kind: object.kind, key, before: undefined, after: object });
  }
  return controller.sync() === "refused" ? undefined : controller.running;
}

let echoes: EchoEndpoints;
let portOf: ReadonlyMap<string, number>;
let refusingPort: number;
let ports: Partial<ListenPorts>;

beforeAll(async () => {
  if (!existsSync(nginxProgram)) return;
  echoes = await EchoEndpoints.start(Object.values(services).flat());
  portOf = new Map(echoes.endpoints.map(({ address, port }) => [address, port]));
  const free = (await freePorts(5)) as [number, number, number, number, number];
  refusingPort = free[0];
  ports = { http: free[1], https: free[2], default: free[3], status: free[4] };
});

afterAll(() => echoes?.stop());

const serviceAt = new Map(Object.entries(services).flatMap(([name, all]) => all.map((address) => [address, name])));

/** What of an answer has to be the same. */
interface Compared {
  readonly status: number;
  readonly location: string | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly commonName: string | undefined;
  /** The Service that answered, and what it was sent. */
  readonly service: string | undefined;
  readonly url: string | undefined;
  readonly sent: Readonly<Record<string, string>> | undefined;
}

const comparedHeaders = [
  "access-control-allow-origin",
  "access-control-allow-credentials",
  "access-control-allow-methods",
  "access-control-allow-headers",
  "access-control-expose-headers",
  "access-control-max-age",
  "strict-transport-security",
  "www-authenticate",
];

function comparedOf(
  status: number,
  headers: Readonly<Record<string, string>>,
  commonName: string | undefined,
  echo: Omit<Echo, "method"> | undefined,
): Compared {
  const { "x-request-id": id, ...sent }: Record<string, string> = { ...echo?.headers };
  // What is left of a body that was too large depends on how much of it nginx has thrown away by then.
  if (sent["x-code"] === "413") delete sent["content-length"];
  return {
    status,
    location: headers.location,
    headers: Object.fromEntries(comparedHeaders.map((name) => [name, headers[name]])),
    commonName,
    service: echo && serviceAt.get(echo.endpoint.split(":")[0]!),
    url: echo?.url,
    sent: echo && { ...sent, ...(id?.startsWith("one-of-mine") && { "x-request-id": "one-of-mine" }) },
  };
}

function ofOurs({ status, headers, certificate, upstream }: HttpAnswer, isHead: boolean): Compared {
  return comparedOf(status, headers, certificate?.commonName, isHead ? undefined : upstream);
}

function ofReal({ status, headers, body, commonName }: RealAnswer): Compared {
  const echo = headers["content-type"] === "application/json" && body !== "" ? (JSON.parse(body) as Echo) : undefined;
  return comparedOf(status, headers, commonName === "" ? undefined : commonName, echo);
}

/** Answers of endpoints, as the echoing ones answer. */
function send(request: { readonly endpoint: string; readonly headers: Readonly<Record<string, string>> }) {
  return request.endpoint.startsWith("127.0.1.99:")
    ? ("refused" as const)
    : { status: Number(request.headers[statusHeader] ?? 200) };
}

describe.skipIf(!existsSync(nginxProgram))("a real nginx with the text of a configuration", () => {
  it(`answers what ours answers (seed ${seed})`, async () => {
    const samples = fc.sample(someIngresses, { numRuns: rounds * 3, seed });
    let compared = 0;
    for (let round = 0, i = 0; round < rounds && i < samples.length; i++) {
      const objects = [...serviceObjects(portOf, refusingPort), ...secretObjects, ...samples[i]!];
      const configuration = configurationOf(objects, ports);
      if (configuration === undefined) continue;
      compared += await compareOne(configuration, fc.sample(someRequest, { numRuns: requestsEach, seed: seed + i }));
      round++;
    }
    expect(compared).toBeGreaterThanOrEqual(2000);
  }, 60_000);
});

async function compareOne(configuration: Configuration, requests: readonly HttpRequest[]): Promise<number> {
  const ours = new Nginx({ send, random: () => 0.5 });
  ours.load(configuration, { isReload: true, nowMs: 0 });
  const folder = new NginxFolder(pems);
  let real: RealNginx | undefined;
  try {
    real = await RealNginx.start(folder, configuration);
    for (const request of requests) {
      const expected = ofReal(await real.ask(request));
      const answer = ours.answer(request, 0);
      expect({ request, steps: answer.steps, ...ofOurs(answer, request.method === "HEAD") }).toEqual({
        request,
        steps: answer.steps,
        ...expected,
      });
    }
  } finally {
    await real?.stop();
    folder.remove();
  }
  return requests.length;
}
