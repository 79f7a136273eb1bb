import { existsSync } from "node:fs";
import type { Ingress } from "@kubenetsim/core/model/ingress";
import { KeptLog } from "@kubenetsim/ingress/controller-log";
import type { HttpAnswer } from "@kubenetsim/ingress/http/http-message";
import { IngressNginxController } from "@kubenetsim/ingress/ingress-nginx/controller";
import type { Configuration } from "@kubenetsim/ingress/ingress-nginx/model/configuration";
import { Nginx } from "@kubenetsim/ingress/ingress-nginx/request/nginx";
import { ingressObject, serviceNames, serviceObjects } from "@kubenetsim/testing/ingress-objects";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nginxProgram, RealNginx } from "./real-nginx.ts";

const rounds = 25;
const requestsEach = 100;

const hosts = ["a.test", "b.test", "*.test", "*.deep.test", undefined];
const path = fc.constantFrom("/", "/a", "/a/", "/a/b", "/ab", "/A", "/x.y", "/a/b/c", "/item/[0-9]+", "/p(/|$)(.*)");
const annotations = fc.constantFrom<Record<string, string>>(
  {},
  {},
  {},
  { "use-regex": "true" },
  { "rewrite-target": "/$2" },
  { "server-alias": "alias.test,*.many.test" },
);
const ingresses = fc
  .array(
    fc.record({
      host: fc.constantFrom(...hosts),
      paths: fc.array(fc.tuple(path, fc.constantFrom("Exact", "Prefix"), fc.constantFrom(...serviceNames)), {
        minLength: 1,
        maxLength: 4,
      }),
      annotations,
      second: fc.nat({ max: 3 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((all) =>
    all.map(({ host, ...rest }, i) => ingressObject(`i${i}`, { ...(host !== undefined && { host }), ...rest })),
  );
const asked = fc.record({
  host: fc.constantFrom(
    "a.test",
    "B.test:80",
    "c.test",
    "x_y.deep.test",
    "q.w.deep.test",
    "alias.test",
    "p.q.many.test",
    "test.",
  ),
  target: fc.constantFrom(
    ...[
      "/",
      "/a",
      "/a/",
      "/a/b",
      "/a/b/",
      "/ab",
      "/a/bc?x=1",
      "//a",
      "/A/x",
      "/xzy",
      "/a/../ab?q=1",
      "/%61/b",
      "/a%2Fb",
    ],
    ...["/item/12/e", "/ITEM/5", "/p/q/r?z", "/p", "/px", "/pre/p/1", "/a/./b", "/x.y/", "/a%20b/p/c%20d", "/.."],
  ),
});

function configurationOf(objects: readonly Ingress[]): Configuration | undefined {
  const controller = new IngressNginxController({}, new KeptLog());
  for (const object of [...serviceObjects(), ...objects]) {
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    controller.apply({ revision: 1, kind: object.kind, key, before: undefined, after: object });
  }
  return controller.sync() === "refused" ? undefined : controller.running;
}

/** Server and location of an answer of ours, as its steps tell. */
function placeOf({ steps }: HttpAnswer): string {
  const server = /^(\S+) for/.exec(steps.find(({ phase }) => phase === "server")?.text ?? "")?.[1];
  const location = /^(.*) for the path/.exec(steps.find(({ phase }) => phase === "location")?.text ?? "")?.[1];
  return `${server} ${location}`;
}

describe.skipIf(!existsSync(nginxProgram))("a real nginx", () => {
  it("chooses the server, the location and the rewrite that ours chooses", async () => {
    const samples = fc.sample(ingresses, { numRuns: rounds * 2, seed: 7 }).map(configurationOf);
    const configurations = samples.filter((each) => each !== undefined).slice(0, rounds);
    expect(configurations).toHaveLength(rounds);
    for (const [i, configuration] of configurations.entries()) {
      const real = await RealNginx.start(configuration, 20_000 + (process.pid % 20_000) + 2 * (i % 5));
      const ours = new Nginx({ send: () => ({ status: 200 }), random: () => 0.5 });
      ours.load(configuration, { isReload: true, nowMs: 0 });
      for (const { host, target } of fc.sample(asked, { numRuns: requestsEach, seed: i })) {
        const request = { method: "GET", headers: {}, bodyBytes: 0, clientAddress: "192.0.2.1", isTls: false };
        const answer = ours.answer({ ...request, host, target }, 0);
        const recorded = await real.ask(host, target);
        const told = `${host} ${target}`;
        if (recorded.status !== 200) {
          expect([told, answer.status, answer.headers.location]).toEqual([told, recorded.status, recorded.location]);
          continue;
        }
        expect([told, placeOf(answer)]).toEqual([told, recorded.place]);
        if (answer.upstream !== undefined) expect([told, answer.upstream.url]).toEqual([told, recorded.url]);
      }
      await real.stop();
    }
  });
});
