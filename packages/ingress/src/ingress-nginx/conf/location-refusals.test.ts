import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { ingressObject, serviceObjects } from "@kubenetsim/testing/ingress-objects";
import { describe, expect, it } from "vitest";
import { KeptLog } from "../../controller-log.ts";
import { IngressNginxController } from "../controller.ts";

/** What nginx says to one Ingress with these settings; undefined where it takes the file. */
function refusal(settings: Readonly<Record<string, string>>, annotations: Readonly<Record<string, string>>) {
  const log = new KeptLog();
  const controller = new IngressNginxController({ configMap: "n/settings" }, log);
  const metadata = { namespace: "n", name: "settings" };
  const web = ingressObject("web", { host: "h.test", paths: [["/", "Prefix", "s0"]], annotations });
  const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata, data: settings } as ApiObject;
  for (const object of [configMap, ...serviceObjects(), web]) {
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    controller.apply({ revision: 1, kind: object.kind, key, before: undefined, after: object });
  }
  if (controller.sync() !== "refused") return undefined;
  return /emerg\] (.*)/.exec(log.entries.map(({ message }) => message).join("\n"))?.[1];
}

describe("nginx refuses in a location", () => {
  it("a range of the settings that is none", () => {
    expect(refusal({ "whitelist-source-range": "nonsense" }, {})).toContain('invalid parameter "nonsense"');
    expect(refusal({ "whitelist-source-range": "10.0.0.0/8" }, {})).toBeUndefined();
  });

  it("a proxy_redirect without its second word", () => {
    const settings = { "proxy-redirect-from": "http://a.test/", "proxy-redirect-to": "" };
    expect(refusal(settings, {})).toContain('invalid parameter "http://a.test/"');
  });
});
