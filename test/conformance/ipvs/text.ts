import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { IpvsDirector } from "@kubenetsim/netfilter/ipvs/director";
import { printIpvsadmConnections } from "@kubenetsim/netfilter/text/ipvsadm-connections";
import { printIpvsadm } from "@kubenetsim/netfilter/text/ipvsadm-print";
import { printIpvsadmSave } from "@kubenetsim/netfilter/text/ipvsadm-save";
import { type CheckResult, failed, passed } from "../family.ts";
import { firstDifference } from "../first-difference.ts";
import { replay } from "./replay.ts";
import type { Sequence } from "./sequence.ts";

/** What ipvsadm prints after a sequence, by its command line. */
const printers: Readonly<Record<string, (director: IpvsDirector) => string>> = {
  "ipvsadm -Ln": (director) => printIpvsadm(director.list()),
  "ipvsadm -Ln --nosort": (director) => printIpvsadm(director.list(), { sorted: false }),
  "ipvsadm -Ln --stats": (director) => printIpvsadm(director.list(), { view: "stats" }),
  "ipvsadm -Ln --thresholds": (director) => printIpvsadm(director.list(), { view: "thresholds" }),
  "ipvsadm -Ln --persistent-conn": (director) => printIpvsadm(director.list(), { view: "persistent-conn" }),
  "ipvsadm -Lnc": (director) => printIpvsadmConnections(director.listConnections()),
  "ipvsadm -Sn": (director) => printIpvsadmSave(director.list()),
};

/** Each `seq-NAME.json` of the folder was done, and `seq-NAME.txt` printed then. Rates and ages depend on the machine. */
export function* checkTexts(folder: string): Iterable<CheckResult> {
  for (const file of readdirSync(folder).sort()) {
    const name = /^seq-(.*)\.json$/.exec(file)?.[1];
    if (name === undefined) continue;
    const sequence = JSON.parse(readFileSync(join(folder, file), "utf8")) as Sequence;
    const { director } = replay(sequence);
    for (const [command, text] of sections(readFileSync(join(folder, `seq-${name}.txt`), "utf8"))) {
      const printer = printers[command];
      if (printer === undefined) continue;
      const [expected, actual] = [text, printer(director)].map((printed) => comparable(command, printed));
      const difference = firstDifference(expected!, actual!);
      const check = `${name} ${command}`;
      yield difference === undefined ? passed("texts", check) : failed("texts", difference, check);
    }
  }
}

function sections(text: string): [string, string][] {
  return text
    .split(/^\$ /m)
    .filter((section) => section !== "")
    .map((section) => {
      const end = section.indexOf("\n");
      return [section.slice(0, end), section.slice(end + 1)];
    });
}

/** Lines; those of connections without their ages and in no order. */
function comparable(command: string, text: string): string[] {
  const lines = text.split("\n");
  if (command !== "ipvsadm -Lnc") return lines;
  return lines.map((line) => line.replace(/^(\w+ +)\d+:\d\d/, "$1")).sort();
}
