import type { Hop } from "@kubenetsim/core/trace/trace";
import { alignColumns } from "@kubenetsim/kubectl/output/align-columns";
import type { HttpTrace } from "../http/http-exchange.ts";

/** A host that a request passes, with the packet as it leaves it. */
export interface FlowStage {
  readonly host: string;
  /** Whom the next one takes for the client: `192.168.10.11:8786`. */
  readonly source: string;
  readonly destination: string;
}

/** One connection of a request's way: the client's own, then each that a proxy opens. */
export interface FlowConnection {
  readonly stages: readonly FlowStage[];
  /** On the way there: rules that packets were compared with, and addresses that were rewritten. */
  readonly rulesCompared: number;
  readonly natBindings: number;
  /** What the server at its end did, phase by phase. */
  readonly steps: readonly string[];
}

/**
 * The way of a request from host to host, connection after connection; of several tries of a proxy the last one.
 *
 * @example
 * accessFlow(lab.external().curl("http://shop.test/cart"))[0].stages.map(({ host, source }) => `${host}: ${source}`);
 */
export function accessFlow(trace: HttpTrace): FlowConnection[] {
  const { hops, cost } = trace.request;
  const connection: FlowConnection = {
    stages: hops.map(stageOf),
    rulesCompared: cost.rulesCompared,
    natBindings: cost.natBindings,
    steps: (trace.http?.steps ?? []).map(({ phase, text }) => `${phase}: ${text}`),
  };
  const next = trace.http?.forwarded.at(-1);
  return [connection, ...(next === undefined ? [] : accessFlow(next.trace))];
}

function stageOf({ host, after }: Hop): FlowStage {
  const { source, sourcePort, destination, destinationPort } = after;
  const end = (address: string, port: number): string =>
    address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  return { host, source: end(source, sourcePort), destination: end(destination, destinationPort) };
}

/** The same as a table, with sums. */
export function accessFlowText(flow: readonly FlowConnection[]): string {
  const rows = flow.flatMap(({ stages }, i) =>
    stages.map(({ host, source, destination }, j) => [j === 0 ? String(i + 1) : "", host, source, destination]),
  );
  const table = alignColumns([["", "HOST", "SOURCE", "DESTINATION"], ...rows]);
  const sum = (count: (connection: FlowConnection) => number): number =>
    flow.reduce((total, each) => total + count(each), 0);
  const hosts = sum(({ stages }) => stages.length);
  const rules = flow.map(({ rulesCompared }) => rulesCompared).join(" + ");
  const bindings = sum(({ natBindings }) => natBindings);
  return `${table}${hosts} hosts, ${rules} rules compared, ${bindings} address${bindings === 1 ? "" : "es"} rewritten on nodes\n`;
}
