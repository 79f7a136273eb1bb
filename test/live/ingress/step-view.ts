import { ownBackendFacts, realBackendFacts } from "./backend-facts.ts";
import { type Facts, ownFacts, realFacts } from "./location-facts.ts";
import type { OwnStep } from "./own-answer.ts";
import type { RealStep } from "./real-answer.ts";
import { comparableLines, ownServerFacts, realServerFacts } from "./step-parts.ts";

/** What is compared of a step, in lines: `name of the fact=value` for each fact that is not the usual one. */
export interface StepView {
  readonly asked: string;
  readonly outcome: string;
  /** In the order of the alphabet. */
  readonly log: readonly string[];
  /** Servers with their locations, and backends, where they changed. */
  readonly running?: readonly string[];
}

/** Facts that most locations and backends have; what is recorded leaves them out. */
export type UsualFacts = Facts;

export function realView({ asked, outcome, log, servers, backends }: RealStep, usual: UsualFacts): StepView {
  const all = (servers ?? []).flatMap((server) => [realServerFacts(server), ...server.locations.map(realFacts)]);
  const balanced = (backends ?? []).map(realBackendFacts);
  return {
    asked: asked.map(Number).join(""),
    outcome: outcome ?? "none",
    log: comparableLines(log),
    ...(servers !== undefined && { running: linesOf(all, balanced, usual) }),
  };
}

/** Backends are told only where they were posted: `recorded` says what was. */
export function ownView({ asked, outcome, log, running }: OwnStep, recorded: StepView, usual: UsualFacts): StepView {
  const { servers = [], backends = [] } = running ?? {};
  const all = servers.flatMap((server) => [ownServerFacts(server), ...server.locations.map(ownFacts)]);
  const hasBackends = recorded.running?.some((line) => line.startsWith("backend ")) ?? false;
  const balanced = hasBackends ? backends.map(ownBackendFacts) : [];
  return {
    asked: asked.map(Number).join(""),
    outcome: outcome ?? "none",
    log: comparableLines(log),
    ...(recorded.running !== undefined && { running: linesOf(all, balanced, usual) }),
  };
}

/** Backends of one name in any order: the program goes through them in the order of a Go map. */
function linesOf(servers: readonly Facts[], backends: readonly Facts[], usual: UsualFacts): string[] {
  const places = servers.map((facts) => lineOf(facts, usual));
  return [...places, ...backends.map((facts) => `backend ${lineOf(facts, usual)}`).sort()];
}

function lineOf(facts: Facts, usual: UsualFacts): string {
  const unusual = Object.entries(facts).filter(([name, value]) => usual[name] !== value);
  const missing = Object.keys(usual).filter((name) => isOfLocation(facts) && facts[name] === undefined);
  const lines = [...unusual.map(([name, value]) => `${name}=${value}`), ...missing.map((name) => `no ${name}`)];
  return lines.sort().join("; ");
}

function isOfLocation({ path }: Facts): boolean {
  return path !== undefined;
}
