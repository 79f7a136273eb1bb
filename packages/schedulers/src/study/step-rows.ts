import { formatAddress } from "../address.ts";
import type { Step } from "../balance.ts";
import type { Request } from "../scheduler.ts";
import { letterOf } from "../servers.ts";
import { type StateView, viewState } from "./state-view.ts";

type Asked = "from" | "port" | "to" | "key" | "cookie";

/** What of the request table and drawing may show. */
const askedFields: Readonly<Record<Asked, (request: Request) => string>> = {
  from: (request) => formatAddress(request.sourceAddress),
  port: (request) => String(request.sourcePort),
  to: (request) => formatAddress(request.destinationAddress),
  key: (request) => request.key ?? "",
  cookie: (request) => request.cookie ?? "",
};

/** What table and drawing show of a step beside pick and state: fields of the request, open connections. */
export type Shown = Asked | "connections";

/** One step as table and drawing show it. */
export interface StepRow {
  readonly event: string;
  /** A letter, `none`, or empty where nothing was chosen. */
  readonly pick: string;
  readonly examined: string;
  /** Field of the request → text. */
  readonly asked: Readonly<Record<string, string>>;
  readonly view: StateView;
  readonly servers: Step["servers"];
  /** Column → text. */
  readonly columns: Readonly<Record<string, string>>;
}

/** What to show when nothing is said: connections where they are all the state, the source address where a table is. */
export function shownOf(steps: readonly Step[]): readonly Shown[] {
  if (steps.every(({ state }) => state === null)) return ["connections"];
  return steps.some(({ state, servers }) => viewState(state, servers).table !== undefined) ? ["from"] : [];
}

export function stepRows(steps: readonly Step[], shown: readonly Shown[]): StepRow[] {
  return steps.map((step) => {
    const view = viewState(step.state, step.servers);
    const { request } = step;
    return {
      event: step.event,
      pick: step.pick === undefined ? "" : step.pick < 0 ? "none" : letterOf(step.pick),
      examined: step.examined === undefined ? "" : String(step.examined),
      asked: Object.fromEntries(
        askedOf(shown).map((field) => [field, request === undefined ? "" : askedFields[field](request)]),
      ),
      view,
      servers: step.servers,
      columns: columnsOf(step, view, shown),
    };
  });
}

function columnsOf(step: Step, view: StateView, shown: readonly Shown[]): Record<string, string> {
  const columns: Record<string, string> = {};
  if (shown.includes("connections")) {
    for (const { id, activeConnections, inactiveConnections } of step.servers.toSorted((a, b) => a.id - b.id)) {
      columns[letterOf(id)] = `${activeConnections}${inactiveConnections > 0 ? `+${inactiveConnections}` : ""}`;
    }
  }
  for (const [label, values] of Object.entries(view.perServer)) {
    for (const [index, { id }] of step.servers.entries()) columns[`${label} ${letterOf(id)}`] = values[index]!;
  }
  Object.assign(columns, view.values);
  if (view.memory.length > 0) columns.remembered = view.memory.toSorted().join("; ");
  return columns;
}

/** The fields of the request among what is shown, in their own order. */
export function askedOf(shown: readonly Shown[]): Asked[] {
  return (Object.keys(askedFields) as Asked[]).filter((field) => shown.includes(field));
}

/** Columns in the order in which they first come. */
export function columnNames(rows: readonly StepRow[]): string[] {
  return [...new Set(rows.flatMap(({ columns }) => Object.keys(columns)))];
}

/** Names of columns that say the same in every row. */
export function constantColumns(rows: readonly StepRow[]): string[] {
  return columnNames(rows).filter((name) => rows.every(({ columns }) => columns[name] === rows[0]!.columns[name]));
}

/** `A 10.244.0.2:8080 weight 3`: every server there ever was, in the order in which they came. */
export function everyServer(steps: readonly Step[]): Step["servers"] {
  const servers = new Map(steps.toReversed().flatMap((step) => step.servers.map((server) => [server.id, server])));
  return [...servers.values()].toSorted((a, b) => a.id - b.id);
}
