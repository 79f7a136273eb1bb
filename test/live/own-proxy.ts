import type { IpFamily } from "@kubenetsim/core/net/address";
import type { ProxyCase, ProxyStep } from "@kubenetsim/testing";
import { type OwnSync, ownModes } from "./own-sync.ts";
import { OwnView } from "./own-view.ts";
import type { PeerStep } from "./peer-answers.ts";

/** After so many seconds without a sync kube-proxy runs one (pkg/proxy/util, FullSyncPeriod). */
const longestPause = 3600;
const families: readonly IpFamily[] = ["IPv4", "IPv6"];

/**
 * What our kube-proxy does in each step of a case, in the form of the peer's answer but for the texts: these are
 * canonical. `nfacct` says whether the peer's kernel has that module.
 */
export function ownSteps(one: ProxyCase, nfacct: boolean): PeerStep[] {
  const proxiers = families.map((family) => new OwnProxier(family, one, nfacct));
  return [one, ...one.steps].map((step) => {
    const results = proxiers.map((proxier) => proxier.step(step));
    return {
      dumps: Object.fromEntries(results.map(({ name, dump }) => [name, dump])),
      inputs: Object.fromEntries(results.map(({ name, inputs }) => [name, inputs])),
    };
  });
}

/** One family's proxier, which syncs where kube-proxy's own loop would. */
class OwnProxier {
  readonly #view: OwnView;
  readonly #sync: OwnSync;
  #now = 0;
  #lastSync = 0;
  #failed = false;
  #revision: number | undefined;

  constructor(family: IpFamily, one: ProxyCase, nfacct: boolean) {
    this.#view = new OwnView(family, one, nfacct);
    this.#sync = ownModes[this.#view.mode]!(family);
  }

  step(step: ProxyStep): { name: string; dump: string; inputs: string[] } {
    this.#now += step.elapsed ?? 0;
    const { snapshot, relabelled } = this.#view.see(step);
    const full = relabelled || step.full === true || this.#failed;
    const asked = full || this.#revision !== snapshot.revision || this.#now - this.#lastSync > longestPause;
    this.#revision = snapshot.revision;
    let inputs: string[] = [];
    if (asked) {
      this.#lastSync = this.#now;
      const done = this.#sync.run(snapshot, { now: this.#now, full, refuse: step.refuse === true });
      this.#failed = done.failed;
      inputs = done.inputs;
    }
    return { name: this.#sync.name, inputs, dump: this.#sync.dump() };
  }
}
