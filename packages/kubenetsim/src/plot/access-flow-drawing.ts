import { type Paint, painted } from "@kubenetsim/display/paint";
import { picture } from "@kubenetsim/display/picture";
import { element, textElement } from "@kubenetsim/display/svg";
import type { FlowConnection } from "../explain/access-flow.ts";

const size = { box: 168, boxHeight: 46, gap: 34, left: 16, top: 56, row: 118 };
/** What a host is → what it looks like; its kind stands in it as a word too. */
const paints: Readonly<Record<string, Paint>> = { user: "box", "load balancer": "change", node: "rule", pod: "good" };

/** The way of a request as a picture (SVG): a row for each connection, below each host the source that the next one sees. */
export function accessFlowDrawing(title: string, flow: readonly FlowConnection[]): string {
  const most = Math.max(...flow.map(({ stages }) => stages.length));
  const width = 2 * size.left + most * size.box + (most - 1) * size.gap;
  const height = size.top + flow.length * size.row;
  const description = flow.map(({ stages }) => stages.map(({ host }) => host).join(" → ")).join("; then ");
  return picture({ width, height, title, description }, [
    textElement(title, { x: size.left, y: 26, "font-size": 15, "font-weight": 600, ...painted("ink") }),
    ...flow.flatMap((connection, i) => drawConnection(connection, i)),
  ]);
}

function drawConnection({ stages, rulesCompared, natBindings }: FlowConnection, row: number): string[] {
  const y = size.top + row * size.row;
  const label = `connection ${row + 1}: ${rulesCompared} rules compared, addresses rewritten on nodes: ${natBindings}`;
  const last = stages.length - 1;
  return [
    textElement(label, { x: size.left, y: y - 6, "font-size": 12, ...painted("faint") }),
    ...stages.flatMap(({ host, source, destination }, i) => {
      const x = size.left + i * (size.box + size.gap);
      const told = i === last ? [] : [`from ${source}`, `to ${destination}`];
      return [
        ...drawHost(host, x, y),
        ...told.map((text, line) =>
          textElement(text, { x, y: y + size.boxHeight + 16 + 15 * line, "font-size": 11, ...painted("ink") }),
        ),
        ...(i === last ? [] : [drawArrow(x + size.box, y + size.boxHeight / 2)]),
      ];
    }),
  ];
}

function drawHost(host: string, x: number, y: number): string[] {
  const [kind, name] = kindAndName(host);
  return [
    element("rect", { x, y, width: size.box, height: size.boxHeight, rx: 6, ...painted(paints[kind] ?? "box") }),
    textElement(kind, { x: x + 8, y: y + 17, "font-size": 12, ...painted("faint") }),
    textElement(shortened(name), { x: x + 8, y: y + 35, "font-size": 12, ...painted("ink") }),
  ];
}

function kindAndName(host: string): [kind: string, name: string] {
  const balancer = /^external load balancer (.*)$/.exec(host);
  if (balancer !== null) return ["load balancer", balancer[1]!];
  const [kind, ...name] = host.split(" ");
  return [kind === "external" ? "user" : kind!, name.join(" ")];
}

/** A Pod without its namespace and the letters of chance at its end. */
function shortened(name: string): string {
  const short = name.replace(/^.*\//, "").replace(/-[a-z0-9]{8,10}-[a-z0-9]{5}$|-[a-z0-9]{5}$/, "");
  return short.length <= 25 ? short : `${short.slice(0, 24)}…`;
}

function drawArrow(x: number, y: number): string {
  const end = x + size.gap - 4;
  return element("path", {
    d: `M${x + 4} ${y}H${end}M${end - 6} ${y - 4}L${end} ${y}L${end - 6} ${y + 4}`,
    ...painted("line"),
  });
}
