import type { Step } from "@kubenetsim/core/trace/step";
import type { Hop, Path, Trace } from "@kubenetsim/core/trace/trace";
import { decidingSteps } from "../format/deciding-steps.ts";
import { flowText } from "../format/header-text.ts";
import { counted, stepLine } from "../format/step-line.ts";

/** What a drawing of a trace shows below its hosts, from above to below. */
export type TraceRow =
  | {
      readonly kind: "step";
      /** The number of its host's lane. */
      readonly lane: number;
      /** 1, 2, 3 … in the order in which things happen. */
      readonly number: number;
      readonly tone: "box" | "rule" | "change" | "good" | "bad";
      readonly title: string;
      readonly detail: string;
      /** Who wanted it so. */
      readonly why: string;
    }
  /** The packet as it goes from host to host; `changed` tells that an address or port is another than on the way before. */
  | {
      readonly kind: "packet";
      readonly from: number;
      readonly to: number;
      readonly text: string;
      readonly changed: boolean;
      readonly answer: boolean;
    }
  /** What became of it, and why. */
  | {
      readonly kind: "end";
      readonly lane: number;
      readonly good: boolean;
      readonly title: string;
      readonly why: string;
    }
  | { readonly kind: "remark"; readonly lane: number; readonly text: string }
  | { readonly kind: "heading"; readonly text: string };

export interface TraceRows {
  /** The hosts in the order in which the packet comes to them. */
  readonly lanes: readonly string[];
  readonly rows: readonly TraceRow[];
  /** Steps that are beyond the limit. */
  readonly omitted: number;
}

/** The rows of both directions; at most so many steps. */
export function traceRows(trace: Trace, mostSteps: number): TraceRows {
  const paths = [trace.request, ...(trace.reply === undefined ? [] : [trace.reply])];
  const lanes = [...new Set(paths.flatMap(({ hops }) => hops.map(({ host }) => host)))];
  const request = pathRows(trace.request, lanes, false);
  const answer = trace.reply === undefined ? [] : pathRows(trace.reply, lanes, true);
  const { disposition, reason } = trace;
  const lane = lanes.indexOf(trace.request.hops.at(-1)!.host);
  const end: TraceRow = { kind: "end", lane, good: disposition === "delivered", title: disposition, why: reason };
  const heading: readonly TraceRow[] = answer.length === 0 ? [] : [{ kind: "heading", text: "the answer" }];
  return { lanes, ...limited([...request, end, ...heading, ...answer], mostSteps) };
}

function pathRows({ hops }: Path, lanes: readonly string[], answer: boolean): TraceRow[] {
  return hops.flatMap((hop, at) => {
    const lane = lanes.indexOf(hop.host);
    const before = hops[at - 1];
    const text = flowText(hop.before);
    const packet: TraceRow = {
      kind: "packet",
      from: before === undefined ? lane : lanes.indexOf(before.host),
      to: lane,
      text,
      changed: before !== undefined && flowText(before.before) !== text,
      answer,
    };
    return [packet, ...hopRows(hop, lane)];
  });
}

function hopRows(hop: Hop, lane: number): TraceRow[] {
  const { steps } = hop;
  const compared = steps.reduce((sum, step) => sum + (step.kind === "chain" ? step.rulesCompared : 0), 0);
  const remark: readonly TraceRow[] =
    compared === 0 ? [] : [{ kind: "remark", lane, text: `${counted(compared, "rule")} compared on ${hop.host}` }];
  return [...decidingSteps(steps).map((step) => stepRow(step, lane)), ...remark];
}

function stepRow(step: Step, lane: number): TraceRow {
  const { where, what, detail, why } = stepLine(step, false);
  const title =
    step.kind === "rule" ? `${step.table} ${step.chain}: rule ${step.ruleNumber} of ${step.chainLength}` : what;
  return {
    kind: "step",
    lane,
    number: 0,
    tone: toneOf(step),
    title: where === "" ? title : `${title} (${where})`,
    detail,
    why,
  };
}

function toneOf(step: Step): "box" | "rule" | "change" | "good" | "bad" {
  switch (step.kind) {
    case "rule":
      return step.target === "DROP" || step.target === "REJECT" ? "bad" : "rule";
    case "dnat":
    case "snat":
      return "change";
    case "ipvs":
      return step.realServer === undefined ? "bad" : "rule";
    case "route":
      return step.decision === "none" ? "bad" : "box";
    case "socket":
      return step.listening ? "good" : "bad";
    case "relay":
      return step.endpoint === undefined ? "bad" : "change";
    case "balance":
      return step.target === undefined && step.decision !== "answer" ? "bad" : "rule";
    case "chain":
      return "bad";
    case "set-lookup":
    case "numgen":
      return "rule";
    case "conntrack":
    case "mark":
      return "box";
    default:
      return step satisfies never;
  }
}

/** Numbers the steps; after so many only the end is left. */
function limited(rows: readonly TraceRow[], mostSteps: number): Pick<TraceRows, "rows" | "omitted"> {
  const kept: TraceRow[] = [];
  let steps = 0;
  for (const row of rows) {
    if (row.kind === "step") steps++;
    if (steps <= mostSteps || row.kind === "end") kept.push(row.kind === "step" ? { ...row, number: steps } : row);
  }
  return { rows: kept, omitted: Math.max(0, steps - mostSteps) };
}
