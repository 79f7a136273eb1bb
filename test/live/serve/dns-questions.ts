import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { Pod } from "@kubenetsim/core/model/pod";
import type { Service } from "@kubenetsim/core/model/service";
import type { Question } from "./real-dns.ts";

const zone = "cluster.local.";

/** The whole zone, and what is asked of each Service and Pod: names, ports and addresses. */
export function questionsOf(objects: readonly ApiObject[]): readonly Question[] {
  const services = objects.filter((object): object is Service => object.kind === "Service");
  const pods = objects.filter((object): object is Pod => object.kind === "Pod");
  return [{ name: zone, type: "AXFR" }, ...services.flatMap(ofService), ...pods.flatMap(ofPod)];
}

function ofService({ metadata, spec }: Service): Question[] {
  const name = `${metadata.name}.${metadata.namespace}.svc.${zone}`;
  const addresses = (spec?.clusterIPs ?? []).filter((address) => address.includes("."));
  return [
    ...["A", "AAAA", "SRV"].map((type) => ({ name, type })),
    ...(spec?.ports ?? []).map((port) => ({
      name: `_${port.name ?? "x"}._${(port.protocol ?? "TCP").toLowerCase()}.${name}`,
      type: "SRV",
    })),
    ...addresses.map(reverse),
  ];
}

function ofPod({ metadata, status }: Pod): Question[] {
  const address = status?.podIP ?? "";
  if (!address.includes(".")) return [];
  const name = `${address.replaceAll(".", "-")}.${metadata.namespace}.pod.${zone}`;
  return [{ name, type: "A" }, reverse(address)];
}

function reverse(address: string): Question {
  return { name: `${address.split(".").reverse().join(".")}.in-addr.arpa.`, type: "PTR" };
}
