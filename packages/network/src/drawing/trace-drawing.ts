import { addCosts, zeroCost } from "@kubenetsim/core/trace/cost";
import type { Trace } from "@kubenetsim/core/trace/trace";
import { painted } from "@kubenetsim/display/paint";
import { picture } from "@kubenetsim/display/picture";
import { element, textElement } from "@kubenetsim/display/svg";
import { columns, shortenMiddle, wrap } from "@kubenetsim/display/text-size";
import { costSummary } from "../format/cost-lines.ts";
import { traceTitle } from "../format/text.ts";
import { drawRow, type LanePlaces } from "./lane-rows.ts";
import { type TraceRows, traceRows } from "./trace-rows.ts";

/** Steps of a connection that are drawn; how many there are beyond is said below. */
export const drawnSteps = 80;
const lane = { gap: 240, box: 212, boxHeight: 44 };
const margin = 24;
const narrowest = 720;

/** A connection in a drawing of several. */
export interface DrawnConnection {
  readonly heading: string;
  readonly trace: Trace;
  /** Below its hosts: what was said on it. */
  readonly notes: readonly string[];
}

/**
 * A trace as a picture (SVG): the hosts stand from left to right, time runs downwards. Each step that decided something hangs
 * on its host's lane with the rule and who asked for it; between hosts stand the packet's addresses as they are then. What was
 * counted stands below. At most 80 steps are drawn.
 *
 * @example writeFileSync("trace.svg", drawTrace(lab.pod("default/client").connect("svc/default/web:80")));
 */
export function drawTrace(trace: Trace): string {
  return drawConnections(traceTitle(trace), [{ heading: "", trace, notes: [] }]);
}

/** Connections one below the other, as a request through proxies takes them. */
export function drawConnections(title: string, connections: readonly DrawnConnection[]): string {
  const all = connections.map((connection) => ({ ...connection, rows: traceRows(connection.trace, drawnSteps) }));
  const most = Math.max(...all.map(({ rows }) => rows.lanes.length));
  const width = Math.max(narrowest, 2 * margin + (most - 1) * lane.gap + lane.box);
  const titleLines = wrap(title, Math.floor((width - 2 * margin) / 10), 3);
  const parts = titleLines.map((text, at) =>
    textElement(text, { x: margin, y: 32 + at * 21, "font-size": 16, "font-weight": 600, ...painted("ink") }),
  );
  let top = 26 + titleLines.length * 21;
  for (const connection of all) {
    const drawn = drawConnection(connection, width, top);
    parts.push(...drawn.parts);
    top = drawn.bottom;
  }
  const description = all.map(({ rows, trace }) => describe(rows, trace)).join(" ");
  return picture({ width, height: top + 14, title, description }, parts);
}

interface Laid extends DrawnConnection {
  readonly rows: TraceRows;
}

function drawConnection(
  { heading, trace, notes, rows: { lanes, rows, omitted } }: Laid,
  width: number,
  start: number,
): { readonly parts: readonly string[]; readonly bottom: number } {
  const top = start + (heading === "" ? 0 : 28);
  const places = placesOf(lanes.length, width);
  let y = top + lane.boxHeight + 4;
  const body: string[] = [];
  for (const row of rows) {
    const drawn = drawRow(row, places, y);
    body.push(...drawn.parts);
    y += drawn.height;
  }
  const bottom = y + 14;
  const beyond = omitted === 0 ? [] : [`${omitted} more steps are not drawn: the limit is ${drawnSteps}`];
  const below = [...beyond, ...notes, ...costTexts(trace)].flatMap((text) =>
    wrap(text, Math.floor((width - 2 * margin) / 7), 6),
  );
  return {
    parts: [
      heading === ""
        ? ""
        : textElement(shortenMiddle(heading, Math.floor((width - 2 * margin) / 9.1)), {
            x: margin,
            y: start + 16,
            "font-size": 13,
            "font-weight": 700,
            ...painted("ink"),
          }),
      ...places.centers.map((x) =>
        element("path", { d: `M${x} ${top + lane.boxHeight}V${bottom}`, ...painted("lane") }),
      ),
      ...lanes.flatMap((host, at) => drawHost(host, places.centers[at]!, top)),
      ...body,
      ...below.map((text, at) =>
        textElement(text, { x: margin, y: bottom + 18 + at * 17, "font-size": 12, ...painted("ink") }),
      ),
    ],
    bottom: bottom + 18 + below.length * 17,
  };
}

function placesOf(lanes: number, width: number): LanePlaces {
  const first = (width - (lanes - 1) * lane.gap) / 2;
  return { centers: Array.from({ length: lanes }, (_, at) => first + at * lane.gap), width, margin };
}

/** `pod` small above, its name below. */
function drawHost(host: string, x: number, y: number): string[] {
  const [, kind = "", name = host] = /^(\S+(?: load balancer)?) (.+)$/.exec(host) ?? [];
  const shown = shortenMiddle(name, 27);
  const size = Math.min(13, (lane.box - 12) / (columns(shown) * 0.62));
  return [
    element("rect", {
      x: x - lane.box / 2,
      y,
      width: lane.box,
      height: lane.boxHeight,
      rx: 5,
      ...painted("box"),
      "stroke-width": 1.6,
    }),
    textElement(kind, { x, y: y + 16, "text-anchor": "middle", "font-size": 11, ...painted("faint") }),
    textElement(shown, {
      x,
      y: y + 34,
      "text-anchor": "middle",
      "font-size": size,
      "font-weight": 600,
      ...painted("ink"),
    }),
  ];
}

function costTexts(trace: Trace): string[] {
  const reply = trace.reply?.cost ?? zeroCost;
  return [
    `counted: ${costSummary(addCosts(trace.request.cost, reply))}`,
    ...(trace.reply === undefined ? [] : [`of that for the answer: ${costSummary(reply)}`]),
    ...(trace.warnings ?? []).map((warning) => `warning: ${warning}`),
  ];
}

function describe({ lanes, rows }: TraceRows, trace: Trace): string {
  const steps = rows.flatMap((row) => (row.kind === "step" ? [`${row.number} ${row.title}: ${row.detail}`] : []));
  return `${lanes.join(" → ")}. ${steps.join("; ")}. ${trace.disposition}: ${trace.reason}.`;
}
