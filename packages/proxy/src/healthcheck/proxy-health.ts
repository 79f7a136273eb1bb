import type { Node } from "@kubenetsim/core/model/node";
import { type HttpAnswer, jsonAnswer } from "./http-answer.ts";

/** The taint by which the cluster autoscaler announces a Node's end. */
const toBeDeleted = "ToBeDeletedByClusterAutoscaler";

/** What /healthz and /livez of kube-proxy tell (pkg/proxy/healthcheck/proxy_health.go); times as RFC 3339 text. */
export interface ProxyHealth {
  readonly now: string;
  /** When the proxiers synced last, by family in the order of the text. */
  readonly synced: Readonly<Record<string, string>>;
  readonly node: Node | undefined;
}

/** 503 on a Node that is to be deleted, so that load balancers leave it. */
export function healthzAnswer(health: ProxyHealth): HttpAnswer {
  const nodeEligible = isEligible(health.node);
  return answer(health, nodeEligible, { nodeEligible });
}

/** The same whatever becomes of the Node. */
export function livezAnswer(health: ProxyHealth): HttpAnswer {
  return answer(health, true, {});
}

/** GET /proxyMode on the metrics port. */
export function proxyModeAnswer(mode: string): HttpAnswer {
  return {
    status: 200,
    headers: [
      ["Content-Type", "text/plain; charset=utf-8"],
      ["X-Content-Type-Options", "nosniff"],
    ],
    body: mode,
  };
}

function answer({ now, synced }: ProxyHealth, ok: boolean, more: Readonly<Record<string, unknown>>): HttpAnswer {
  const status = Object.fromEntries(
    Object.entries(synced).map(([family, lastUpdated]) => [family, { lastUpdated, healthy: true }]),
  );
  const last = Object.values(synced).sort().at(-1) ?? now;
  const body = { lastUpdated: ok ? now : last, currentTime: now, ...more, healthy: true, status };
  return jsonAnswer(ok ? 200 : 503, JSON.stringify(body));
}

function isEligible(node: Node | undefined): boolean {
  if (node === undefined || node.metadata.deletionTimestamp !== undefined) return false;
  return !(node.spec?.taints ?? []).some(({ key }) => key === toBeDeleted);
}
