import { ingressObject } from "@kubenetsim/testing/ingress-objects";
import { describe, expect, it } from "vitest";
import { KeptLog } from "../../controller-log.ts";
import { nginxConf } from "../conf/nginx-conf.ts";
import { IngressNginxController } from "../controller.ts";
import { usualPorts } from "../listen-ports.ts";
import { Nginx } from "../request/nginx.ts";
import { readControllerFlags } from "./controller-flags.ts";

describe("the flags of ports", () => {
  const words = ["--http-port=8080", "--https-port=8443", "--default-server-port=9181", "--status-port=9246"];
  const { ports, unmodelled } = readControllerFlags(words);
  const controller = new IngressNginxController({ ports }, new KeptLog());
  const after = ingressObject("i", { host: "a.test", paths: [] });
  controller.apply({ revision: 1, kind: "Ingress", key: "n/i", before: undefined, after });
  controller.sync();

  it("are read, the usual ones where there is none", () => {
    expect(ports).toEqual({ ...usualPorts, http: 8080, https: 8443, default: 9181, status: 9246 });
    expect(unmodelled).toEqual([]);
  });

  it("stand in nginx's file", () => {
    const listens = [...nginxConf(controller.running!).matchAll(/^ +listen ([^ ;]+)/gm)].map(([, port]) => port);
    expect(new Set(listens)).toEqual(new Set(["8080", "8443", "9181", "127.0.0.1:9246"]));
  });

  it("say where nginx's own 404 comes from", () => {
    expect(controller.running!.backends[0]!.endpoints).toEqual([{ address: "127.0.0.1", port: 9181 }]);
    const nginx = new Nginx({ send: () => expect.unreachable("nobody is asked"), random: () => 0 });
    nginx.load(controller.running!, { isReload: true, nowMs: 0 });
    const request = { method: "GET", headers: {}, bodyBytes: 0, clientAddress: "10.0.0.1", isTls: false };
    const answer = nginx.answer({ ...request, host: "a.test", target: "/" }, 0);
    expect([answer.status, answer.upstream]).toEqual([404, undefined]);
  });
});
