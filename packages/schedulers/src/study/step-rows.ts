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

/** What a table or drawing of steps shows. */
export interface StepOptions {
  /** Connections where they are all the state, and the source address where a table is, when not given. */
  readonly shown?: readonly Shown[];
  /** Columns of the state that a reader need not see. */
  readonly hidden?: readonly string[];
  /** The number of the first of the steps; 0 unless given. */
  readonly first?: number;
}

/** Steps with what is to be shown of them. */
export interface StepView {
  readonly rows: readonly StepRow[];
  readonly shown: readonly Shown[];
  /** Columns that change, in the order in which they first come. */
  readonly names: readonly string[];
  /** Columns that say the same in every row. */
  readonly constant: readonly string[];
}

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

export function viewSteps(steps: readonly Step[], options: StepOptions): StepView {
  const { shown = shownOf(steps), hidden = [] } = options;
  const rows = steps.map((step) => rowOf(step, shown));
  const names = [...new Set(rows.flatMap(({ columns }) => Object.keys(columns)))].filter(
    (name) => !hidden.includes(name),
  );
  const isConstant = (name: string): boolean =>
    rows.length > 1 && !isLetter(name) && rows.every(({ columns }) => columns[name] === rows[0]!.columns[name]);
  return { rows, shown, names: names.filter((name) => !isConstant(name)), constant: names.filter(isConstant) };
}

/** Connections are worth to be seen even if they stay the same. */
function isLetter(column: string): boolean {
  return /^[A-Z]+$/.test(column);
}

function shownOf(steps: readonly Step[]): readonly Shown[] {
  if (steps.every(({ state }) => state === null)) return ["connections"];
  return steps.some(({ state, servers }) => viewState(state, servers).table !== undefined) ? ["from"] : [];
}

function rowOf(step: Step, shown: readonly Shown[]): StepRow {
  const view = viewState(step.state, step.servers);
  const { request } = step;
  const textOf = (field: Asked): string => (request === undefined ? "" : askedFields[field](request));
  return {
    event: step.event,
    pick: step.pick === undefined ? "" : step.pick < 0 ? "none" : letterOf(step.pick),
    examined: step.examined === undefined ? "" : String(step.examined),
    asked: Object.fromEntries(askedOf(shown).map((field) => [field, textOf(field)])),
    view,
    servers: step.servers,
    columns: columnsOf(step, view, shown),
  };
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
  for (const [address, letters] of Object.entries(view.memory)) columns[`${address} →`] = letters;
  return columns;
}

/** The fields of the request among what is shown, in their own order. */
export function askedOf(shown: readonly Shown[]): Asked[] {
  return (Object.keys(askedFields) as Asked[]).filter((field) => shown.includes(field));
}

/** `A 10.244.0.2:8080 weight 3`: every server there ever was, in the order in which they came. */
export function everyServer(steps: readonly Step[]): Step["servers"] {
  const servers = new Map(steps.toReversed().flatMap((step) => step.servers.map((server) => [server.id, server])));
  return [...servers.values()].toSorted((a, b) => a.id - b.id);
}
