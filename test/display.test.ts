import { inspect } from "node:util";
import { fc, it as property } from "@fast-check/vitest";
import { type Displayed, jupyterDisplay, shownLines } from "@kubenetsim/display/display";
import { htmlTable, pre } from "@kubenetsim/display/html";
import { show } from "@kubenetsim/display/show";
import { drawTable } from "@kubenetsim/display/table-drawing";
import { drawBoxes } from "@kubenetsim/netfilter/drawing/boxes-drawing";
import { iptablesBoxes } from "@kubenetsim/netfilter/drawing/iptables-boxes";
import type { RuleBox, RuleGroup } from "@kubenetsim/netfilter/drawing/rule-boxes";
import { parseIptablesSave } from "@kubenetsim/netfilter/text/iptables-parse";
import { drawTrace } from "@kubenetsim/network/drawing/trace-drawing";
import { traceToJson } from "@kubenetsim/network/format/json";
import { formatTrace } from "@kubenetsim/network/format/text";
import { Balance, schedulers } from "@kubenetsim/schedulers";
import { builtInExperiments, Cluster, runExperiment } from "kubenetsim";
import { SaxesParser } from "saxes";
import { describe, expect, it, vi } from "vitest";
import { anyTrace, nastyText } from "./display/arbitrary-trace.ts";
import { readPicture } from "./display/picture-findings.ts";

const few = { numRuns: 60 };
const drawings: { readonly [name: string]: fc.Arbitrary<() => string> } = {
  "a trace": anyTrace.map((trace) => () => drawTrace(trace)),
  rules: ruleGroups().map((groups) => () => drawBoxes("rules <of> a & b", groups)),
  "a table": fc
    .integer({ min: 1, max: 5 })
    .chain((width) =>
      fc.array(fc.array(nastyText, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 70 }),
    )
    .chain(([head, ...rows]) =>
      nastyText.map(
        (title) => () => drawTable({ title: `t ${title}`, description: "d", head: head!, rows, footer: title }),
      ),
    ),
  "a lesson": lessons().map((lesson) => () => lesson.toSVG()),
};

describe.each(Object.entries(drawings))("a drawing of %s", (_, drawing) => {
  property.prop([drawing], few)("is well-formed, labelled, with its own ids, and nothing in it is cut off", (draw) => {
    expect(readPicture(draw()).findings).toEqual([]);
  });

  property.prop([drawing], { numRuns: 20 })("has the same bytes every time", (draw) => {
    expect(draw()).toBe(draw());
  });
});

describe("the drawing of a trace", () => {
  property.prop([anyTrace], few)("names every host and says how it ended", (trace) => {
    const { texts, description } = readPicture(drawTrace(trace));
    expect(texts).toContain(trace.disposition);
    expect(description).toContain(trace.disposition);
  });

  it("counts the steps that it leaves out", () => {
    const trace = traceToJson(cluster("iptables").pod("default/client").connect("svc/default/web:80"));
    const [first, ...rest] = trace.request.hops;
    const route = first!.steps.find(({ kind }) => kind === "route")!;
    const long = {
      ...trace,
      request: { ...trace.request, hops: [{ ...first!, steps: Array(200).fill(route) }, ...rest] },
    };
    const all = readPicture(drawTrace(long)).texts;
    expect(all.filter((text) => text === "route").length).toBe(80);
    expect(all.find((text) => /^\d+ more steps are not drawn: the limit is 80$/.test(text))).toBeDefined();
  });
});

describe("the drawing of rules", () => {
  it("counts the chains and rules that it leaves out", () => {
    const rules = Array.from({ length: 300 }, (_, i) => `-A S -p tcp -m tcp --dport ${i + 1} -j C${i}\n`).join("");
    const chains = Array.from({ length: 300 }, (_, i) => `:C${i} - [0:0]\n`).join("");
    const own = Array.from({ length: 300 }, (_, i) => `-A C${i} -j ACCEPT\n`).join("");
    const text = `*nat\n:PREROUTING ACCEPT [0:0]\n:S - [0:0]\n${chains}-A PREROUTING -j S\n${rules}${own}COMMIT\n`;
    const { texts } = readPicture(drawBoxes("t", iptablesBoxes(parseIptablesSave(text))));
    expect(texts).toContain("table nat: 302 chains, 601 rules");
    expect(texts).toContain("… 292 more");
    expect(texts).toContain("292 more are not drawn");
    expect(texts.filter((line) => line.includes("-j C299"))).toHaveLength(1);
  });
});

const modes = ["iptables", "ipvs", "nftables"] as const;

describe("what a cluster hands out", () => {
  it.each(modes)("shows itself everywhere, in %s mode", (mode) => {
    const lab = cluster(mode);
    const client = lab.pod("default/client");
    const values: Record<string, Displayed> = {
      connection: client.connect("svc/default/web:80"),
      name: client.connect("http://web"),
      request: client.curl("http://web/"),
      lookup: client.resolve("web"),
      shares: client.shares("svc/default/web:80"),
      rules: lab.node("n1").rules(),
      iptables: lab.node("n1").rules("iptables", { table: "nat" }),
      nft: lab.node("n1").rules("nft", { family: "IPv6" }),
      ipvs: lab.node("n1").rules("ipvs"),
    };
    for (const [name, value] of Object.entries(values)) expectShown(value, name);
  });

  it.each(modes)("is what it was beside that, in %s mode", (mode) => {
    const [one, other] = [cluster(mode), cluster(mode)].map((lab) => lab.pod("default/client"));
    const [trace, again] = [one!.connect("http://web"), other!.connect("http://web")];
    const names = ["seed", "mode", "disposition", "reason", "sent", "received", "receiver", "request", "reply", "cost"];
    expect(Object.keys(trace)).toEqual([...names, "warnings", "lookup"]);
    expect(trace).toEqual(again);
    expect({ ...trace }).toEqual(trace);
    expect(JSON.parse(JSON.stringify(trace))).toMatchObject(JSON.parse(JSON.stringify(traceToJson(trace))));
    expect(String(trace)).toBe(formatTrace(trace));
    const shares = one!.shares("svc/default/web:80");
    expect(Array.isArray(shares)).toBe(true);
    expect(shares.map(({ disposition }) => disposition)).toStrictEqual(
      ["delivered", "delivered", "delivered"].slice(0, shares.length),
    );
  });

  it("tells of its rules what its programs print", () => {
    expect(String(cluster("iptables").node("n1").rules())).toBe(cluster("iptables").node("n1").iptablesSave());
    expect(String(cluster("nftables").node("n1").rules())).toBe(cluster("nftables").node("n1").nftList());
    expect(String(cluster("ipvs").node("n1").rules())).toBe(cluster("ipvs").node("n1").ipvsadm());
    expect(() =>
      cluster("iptables")
        .node("n1")
        .rules("pf" as never),
    ).toThrow(/"pf" has no rules/);
    expect(() =>
      cluster("iptables")
        .node("n1")
        .rules("iptables", { table: "net" as never }),
    ).toThrow(/net/);
  });

  it("shows rules as they were when they were asked for", () => {
    const lab = cluster("iptables");
    const rules = lab.node("n1").rules();
    const [text, picture] = [String(rules), rules.toSVG()];
    lab.kubectl`delete service web`;
    lab.settle();
    expect([String(rules), rules.toSVG()]).toEqual([text, picture]);
    expect(String(lab.node("n1").rules())).not.toBe(text);
  });
});

describe("experiments and lessons", () => {
  const experiment = { ...builtInExperiments.lookup, vary: { mode: ["iptables", "ipvs"], services: [1, 10] } } as const;
  const { plot: _, ...withoutPlot } = experiment;

  it("show the plot, and a table where there is none", () => {
    const [plotted, listed] = [runExperiment(experiment), runExperiment(withoutPlot)];
    expect(Object.keys(plotted)).toEqual(["experiment", "version", "cells", "partial", "results"]);
    expect(plotted.toSVG()).toContain("both axes logarithmic");
    expect(plotted.toHTML()).toContain("<td");
    expectShown(listed, "results");
    expect(readPicture(listed.toSVG()).texts).toContain("rulesCompared");
  });

  it.each(Object.entries(schedulers))("show %s pick by pick", (_name, scheduler) => {
    const lesson = new Balance<unknown>(scheduler, ["10.244.0.2:8080", "10.244.0.3:8080"]);
    for (let i = 0; i < 30; i++) lesson.open();
    expectShown(lesson, scheduler.name);
    const { title, texts } = readPicture(lesson.toSVG());
    expect(title).toBe(`${scheduler.name}: the last 24 of 31 steps`);
    expect(texts).toContain("30");
  });
});

describe("a long text", () => {
  it("is cut where it is shown unasked, and says so", () => {
    const lab = cluster("iptables");
    for (let i = 0; i < 400; i++) lab.kubectl(`create service clusterip s${i} --tcp=80`);
    lab.settle();
    const rules = lab.node("n1").rules();
    const lines = String(rules).split("\n").length - 1;
    expect(lines).toBeGreaterThan(shownLines);
    const shown = rules[jupyterDisplay]()["text/plain"];
    expect(shown.split("\n")).toHaveLength(shownLines + 2);
    expect(shown).toContain(`… ${lines - shownLines} more lines; toString() has all`);
  });
});

describe("show", () => {
  const value = cluster("iptables").node("n1").rules("ipvs");

  it("prints in a terminal", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await show(value);
    expect(log.mock.calls).toEqual([[String(value).trimEnd()]]);
    log.mockRestore();
  });

  it("gives tslab the page", async () => {
    const pages: string[] = [];
    await show(value, { html: (page) => pages.push(page) });
    expect(pages).toEqual([value.toHTML()]);
  });
});

/** All views are there, are the same every time, and can be read as what they are. */
function expectShown(value: Displayed, name: string): void {
  expect(readPicture(value.toSVG()).findings, name).toEqual([]);
  const bundle = value[jupyterDisplay]();
  expect(Object.keys(bundle), name).toEqual(["text/html", "image/svg+xml", "text/plain"]);
  expect(value[jupyterDisplay](), name).toEqual(bundle);
  expect(bundle["text/html"], name).toContain(value.toSVG());
  expect(markupFindings(bundle["text/html"]), name).toEqual([]);
  expect(inspect(value), name).toBe(bundle["text/plain"].trimEnd());
  expect(inspect([[[value]]], { depth: 1 }).length, name).toBeLessThan(400);
}

/** Scripts, and what is fetched from elsewhere. @throws Error where it is not well-formed */
function markupFindings(markup: string): string[] {
  const findings: string[] = [];
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    if (/^(script|img|link|iframe|object|image|use)$/.test(name)) findings.push(name);
    findings.push(...Object.keys(attributes).filter((key) => /^on|href|src/.test(key)));
  });
  parser.write(markup).close();
  return findings;
}

describe("markup", () => {
  property.prop([fc.array(nastyText, { minLength: 1, maxLength: 4 })], few)("escapes every text", (cells) => {
    const table = htmlTable({ head: cells, rows: [cells], footer: cells[0]! });
    expect(markupFindings(`<div>${table}${pre(cells.join("\n"))}</div>`)).toEqual([]);
  });
});

function cluster(proxyMode: (typeof modes)[number]): Cluster {
  const lab = Cluster.create({ nodes: ["n1", "n2"], proxyMode, seed: "lesson-1" });
  lab.kubectl`create deployment web --image=nginx --replicas=2 --port=80`;
  lab.kubectl`expose deployment web --port=80`;
  lab.kubectl`run client --image=busybox`;
  lab.settle();
  return lab;
}

function ruleGroups(): fc.Arbitrary<RuleGroup[]> {
  const name = fc.constantFrom("A", "B", "C", "D", "E", "F", "G");
  const line = fc.record({ text: nastyText, why: nastyText, to: fc.array(name, { maxLength: 3 }) });
  const box: fc.Arbitrary<RuleBox> = fc.record({
    name,
    kind: fc.constantFrom("base chain", "chain", "set", "map", "virtual server"),
    title: nastyText,
    note: nastyText,
    lines: fc.array(line, { maxLength: 12 }),
  });
  const boxes = fc.uniqueArray(box, { selector: (each) => each.name });
  return fc.array(fc.record({ heading: nastyText, boxes }), { maxLength: 3 });
}

function lessons(): fc.Arbitrary<Balance<unknown>> {
  return fc
    .record({
      scheduler: fc.constantFrom(...Object.values(schedulers)),
      weights: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 6 }),
      opened: fc.nat(40),
    })
    .map(({ scheduler, weights, opened }) => {
      const servers = weights.map((weight, at) => ({ address: `10.244.0.${at + 2}:8080`, weight }));
      const lesson = new Balance<unknown>(scheduler, servers);
      for (let i = 0; i < opened; i++) lesson.open();
      return lesson;
    });
}
