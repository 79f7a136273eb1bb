import { expect, test } from "vitest";
import { type Measured, syncMeasures } from "./measures.ts";
import { defaultParameters, type Parameters } from "./parameters.ts";
import { runCell } from "./run-cell.ts";

function synced(parameters: Partial<Parameters>): Measured {
  return runCell({ index: 0, seed: "s", parameters: { ...defaultParameters, ...parameters } }, syncMeasures).measured;
}

/** default/kubernetes is one more. */
const sizes = [1, 10, 100];

test("ipvs mode asks for everything at each sync and writes what differs", () => {
  for (const services of sizes.slice(1)) {
    const { netlinkCallsFull, netlinkCallsIncremental, programRunsFull, programRunsIncremental } = synced({
      mode: "ipvs",
      services,
      endpoints: 2,
    });
    const servers = services + 1;
    // 3 + 1 questions about all, 3 about each virtual server; a virtual server, its address and its real servers are added.
    expect(netlinkCallsFull).toBe(4 + 3 * servers + 2 * servers + 2 * services + 1);
    // A real server is looked for once more and deleted.
    expect(netlinkCallsIncremental).toBe(4 + 3 * servers + 2);
    // 11 chains, 9 jumps, 17 sets made and listed, iptables-restore; at first the jumps are put in, and the entries: each Service
    // in KUBE-CLUSTER-IP and KUBE-IPVS-IPS, each local endpoint in KUBE-LOOP-BACK.
    expect(programRunsIncremental).toBe(11 + 9 + 2 * 17 + 1);
    expect(programRunsFull).toBe(programRunsIncremental! + 9 + 2 * servers + 2);
  }
});

test("iptables mode makes sure of 14 jumps at a full sync, saves and restores at each, and saves no more above 1000 endpoints", () => {
  const runs = (endpoints: number, churn = 1) => {
    const { programRunsFull, programRunsIncremental } = synced({ services: 10, endpoints, churn });
    return [programRunsFull, programRunsIncremental];
  };
  expect(runs(1)).toEqual([3 * 14 + 2, 2]);
  // default/kubernetes has one more endpoint, and one goes.
  expect(runs(100)).toEqual([44, 2]);
  expect(runs(101)).toEqual([44, 1]);
  expect(runs(101, 0)).toEqual([44, 1]);
});

test("nftables mode runs one transaction at each sync, and lists 7 sets and maps before a full one", () => {
  for (const churn of [0, 1, 10]) {
    const { programRunsFull, programRunsIncremental } = synced({ mode: "nftables", services: 10, endpoints: 3, churn });
    expect([programRunsFull, programRunsIncremental]).toEqual([1 + 7, 1]);
  }
});

test("what ipvs mode feeds to iptables-restore does not grow with Services", () => {
  const texts = sizes.map((services) => synced({ mode: "ipvs", services, endpoints: 2 }));
  for (const { bytesFull, bytesIncremental } of texts) expect([bytesFull, bytesIncremental]).toEqual([2067, 2067]);
});

test("userspace mode runs iptables for each rule, and not at all for endpoints", () => {
  for (const services of sizes) {
    const { objects, objectsTouched, programRunsFull, programRunsIncremental, bytesFull } = synced({
      mode: "userspace",
      services,
    });
    // The portals of each Service are a rule for Pods and one for the node itself.
    expect(objects).toBe(15 + 2 * services);
    expect([objectsTouched, programRunsIncremental, bytesFull]).toEqual([0, 0, undefined]);
    // Five chains and jumps made, looked at once more and flushed; the two rules of each portal made, and looked at once more.
    expect(programRunsFull).toBe(5 * 3 + 5 * 2 + 5 + 6 * (services + 1));
    const gone = synced({ mode: "userspace", services, change: "service-removed" });
    expect(gone.objectsTouched).toBe(2);
    // Its two rules are looked for and deleted, and its connections with `conntrack -D`; those of the others are looked at.
    expect(gone.programRunsIncremental).toBe(5 * 2 + 2 * 2 + 1 + 2 * services);
  }
});

test.each(["iptables", "ipvs", "nftables", "userspace"] as const)(
  "what comes touches as much as what goes, as far as there is a sync: %s",
  (mode) => {
    for (const kind of ["endpoints", "service"] as const) {
      const touched = (verb: string): number =>
        synced({ mode, services: 50, endpoints: 5, change: `${kind}-${verb}` as Parameters["change"] }).objectsTouched!;
      const [lost, gained] = kind === "endpoints" ? ["lost", "gained"] : ["removed", "added"];
      if (mode === "ipvs" || mode === "userspace") expect(touched(gained!)).toBe(touched(lost!));
      else expect(touched(gained!)).toBeGreaterThanOrEqual(touched(lost!));
    }
  },
);

test("ipvs mode writes a real server for each endpoint that changes", () => {
  for (const endpointChurn of [1, 3, 5]) {
    const { objectsTouched } = synced({ mode: "ipvs", services: 20, endpoints: 5, churn: 4, endpointChurn });
    expect(objectsTouched).toBe(4 * endpointChurn);
  }
});
