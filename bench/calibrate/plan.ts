import type { BackendName } from "./backends.ts";
import type { CalibrateOptions } from "./options.ts";
import type { Run } from "./run.ts";

/** One that looks at a single server, and those that look at all. */
const walking = ["lc", "wlc", "sed"];

/** The rulesets of a backend, small ones first: over Services, then over the endpoints of one Service. */
export function planOf(backend: BackendName, { services, endpoints }: CalibrateOptions): readonly Run[] {
  const schedulers = backend === "ipvs" ? ["rr", ...walking] : ["rr"];
  const overServices = services.map((count) => ({ backend, services: count, endpoints: 1, scheduler: "rr" }));
  const overEndpoints = schedulers.flatMap((scheduler) =>
    endpoints.map((count) => ({ backend, services: 1, endpoints: count, scheduler })),
  );
  const seen = new Set<string>();
  return [...overServices, ...overEndpoints].filter((run) => {
    const key = JSON.stringify(run);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** About how many seconds a run takes, for the bar: starting, writing, sending. */
export function weightOf({ backend, services, endpoints }: Run, { packets, batches }: CalibrateOptions): number {
  const ruleNs = backend === "nft" ? 0 : 15;
  const sending = packets * batches * 1e-9 * (3 * 2500 + 2 * services * ruleNs + 50 * endpoints);
  return 0.2 + 4e-4 * services + 1e-4 * endpoints + sending;
}
