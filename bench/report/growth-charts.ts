import { renderLogLogChart } from "kubenetsim/plot/log-log-chart";
import { type BenchRun, isMeasured, type MeasuredRow } from "./bench-run.ts";

export interface GrowthChart {
  readonly file: string;
  readonly title: string;
  readonly svg: string;
}

/** Rows of growth that are drawn together. */
const charts: readonly { readonly file: string; readonly title: string; readonly ids: readonly string[] }[] = [
  {
    file: "benchmarks-packets.svg",
    title: "What packets and reads cost as a cluster grows",
    ids: ["lookup", "counted", "pick", "conntrack-hit", "conntrack-insert", "get", "dns", "route", "snapshot"],
  },
  {
    file: "benchmarks-changes.svg",
    title: "What a change costs as a cluster grows",
    ids: ["put", "ready", "change", "nft", "ipvs", "service", "partial"],
  },
  {
    file: "benchmarks-passes.svg",
    title: "What passes over everything cost as a cluster grows",
    ids: ["rebuild", "text", "parse", "selectors", "yaml"],
  },
];

const nanoseconds: Readonly<Record<string, number>> = { ns: 1, µs: 1e3, ms: 1e6 };

export function growthCharts(run: BenchRun): readonly GrowthChart[] {
  const rows = new Map(run.measures.filter(isMeasured).map((row) => [row.id, row]));
  return charts.map(({ file, title, ids }) => {
    const drawn = ids.flatMap((id) => rows.get(`growth-${id}`) ?? []);
    const svg = renderLogLogChart({
      title,
      description: `${title}: a line for each row of the table of growth, over four sizes, in CPU time of this run.`,
      xLabel: "Services, Pods, rules, endpoints or connections",
      yLabel: "nanoseconds of CPU",
      series: drawn.map((row) => ({ name: row.id.slice("growth-".length), points: pointsOf(row) })),
      footer: [`kubenetsim ${run.versions.kubenetsim}, node ${run.versions.node}, ${run.machine.processor}`],
    });
    return { file, title, svg };
  });
}

function pointsOf({ growth }: MeasuredRow): (readonly [number, number])[] {
  const scale = nanoseconds[growth!.unit]!;
  return growth!.costs.map(([size, cost]) => [size, Number((cost * scale).toPrecision(3))]);
}
