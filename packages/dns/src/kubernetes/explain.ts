import { objectTitle } from "@kubenetsim/core/apiserver/cluster-state";
import type { DnsRequest, DnsStep } from "../plugins/plugin.ts";
import type { BackendService } from "./backend-service.ts";
import { explainMissing } from "./explain-missing.ts";
import type { ZoneLookup } from "./zone-lookup.ts";
import type { ZoneRecords } from "./zone-records.ts";

/** What the plugin did with a query: the objects behind its answer, or why it has none. */
export function explainAnswer(
  { name, question }: DnsRequest,
  { answers, missing }: ZoneRecords,
  sources: readonly BackendService[],
  lookup: ZoneLookup,
  { passesOn, rcode }: { readonly passesOn: boolean; readonly rcode: string },
): DnsStep {
  const plugin = "kubernetes";
  const objects = objectsOf(sources);
  if (missing !== undefined) {
    const { text, near } = explainMissing(missing, name, lookup);
    const end = passesOn ? "the next plugin is asked" : rcode === "SERVFAIL" ? notSynced : rcode;
    return { plugin, text: `${text}: ${end}`, objects: near };
  }
  if (answers.length > 0) {
    const count = answers.length === 1 ? "1 record" : `${answers.length} records`;
    return { plugin, text: `${count} of type ${question.type}`, objects };
  }
  return { plugin, text: `${name} exists and has no record of type ${question.type}: NODATA`, objects };
}

const notSynced = "SERVFAIL, since the lists of the API server have not come yet";

/** Each of the API objects behind an answer once: `Service default/web`, `EndpointSlice default/web-abcde`, `Pod default/web-0`. */
export function objectsOf(sources: readonly BackendService[]): string[] {
  return [...new Set(sources.flatMap(objectsBehind))];
}

function objectsBehind({ service, endpoints, endpoint, pod }: BackendService): string[] {
  return [
    ...(service === undefined ? [] : [objectTitle("Service", service.key)]),
    ...(endpoints === undefined ? [] : [objectTitle("EndpointSlice", endpoints.key)]),
    ...(endpoints === undefined || endpoint?.pod === undefined
      ? []
      : [objectTitle("Pod", `${endpoints.namespace}/${endpoint.pod}`)]),
    ...(pod === undefined ? [] : [objectTitle("Pod", pod.key)]),
  ];
}
