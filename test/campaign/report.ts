import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Shard } from "@kubenetsim/workers/shard";

/** What a campaign over random cases found: of all cases, or of a shard's. */
export interface CampaignReport {
  /** What it was, in full: the same for shards that belong together. */
  readonly campaign: object;
  readonly shard: Shard;
  /** How many cases. */
  readonly ran: number;
  /** In the order of `mode`, if they have one, and of their seeds. */
  readonly failures: readonly Failure[];
}

export interface Failure {
  readonly mode?: string;
  readonly seed: number;
}

export function reportText(report: CampaignReport): string {
  return `${JSON.stringify(report, undefined, 1)}\n`;
}

export function summaryOf({ ran, shard, failures }: CampaignReport): string {
  const part = shard.of === 1 ? "" : ` (shard ${shard.number} of ${shard.of})`;
  return `${ran - failures.length} passed, ${failures.length} failed${part}`;
}

/** A report's text and what messages call it. */
export interface ReportFile {
  readonly source: string;
  readonly text: string;
}

/**
 * Joins the reports of all shards of a campaign to that of a run without shards.
 *
 * @throws ParseError for what is no report, for shards of different campaigns, and for one that is missing or there twice
 */
export function mergeReports(files: readonly ReportFile[]): CampaignReport {
  const reports = files.map(readReport);
  const first = reports[0];
  if (first === undefined) throw new ParseError("no reports to merge");
  const { of } = first.shard;
  const known = new Map<number, string>();
  for (const [i, { campaign, shard }] of reports.entries()) {
    const { source } = files[i]!;
    if (JSON.stringify([campaign, shard.of]) !== JSON.stringify([first.campaign, of])) {
      throw new ParseError(`${source}: is of another campaign than ${files[0]!.source}`);
    }
    if (known.has(shard.number)) throw new ParseError(`${source}: is the same shard as ${known.get(shard.number)}`);
    known.set(shard.number, source);
  }
  const missing = Array.from({ length: of }, (_, i) => i + 1).filter((number) => !known.has(number));
  if (missing.length > 0) throw new ParseError(`shards of ${of} that are missing: ${missing.join(", ")}`);
  return {
    campaign: first.campaign,
    shard: { number: 1, of: 1 },
    ran: reports.reduce((sum, { ran }) => sum + ran, 0),
    failures: inOrder(
      reports.flatMap(({ failures }) => failures),
      first.campaign,
    ),
  };
}

function inOrder(failures: readonly Failure[], { modes = [] }: { readonly modes?: readonly string[] }): Failure[] {
  const place = ({ mode }: Failure): number => modes.indexOf(mode ?? "");
  return [...failures].sort((a, b) => place(a) - place(b) || a.seed - b.seed);
}

function readReport({ source, text }: ReportFile): CampaignReport {
  let report: Partial<CampaignReport> | null;
  try {
    report = JSON.parse(text) as Partial<CampaignReport> | null;
  } catch {
    throw new ParseError(`${source}: is no JSON`);
  }
  if (typeof report?.campaign !== "object" || typeof report.shard !== "object" || !Array.isArray(report.failures)) {
    throw new ParseError(`${source}: is no report of a campaign`, { hint: "--json FILE writes one" });
  }
  return report as CampaignReport;
}
