import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { DnsMessage } from "@kubenetsim/dns/message/dns-message";
import { recordText } from "../dns/record-text.ts";
import { openDnsServer, type RecordedQuestion } from "../dns/recorded-dns-server.ts";
import { firstDifference } from "../first-difference.ts";
import type { Scenario } from "./scenario.ts";

/** kubeadm's Corefile less forward, cache, loop and reload. */
const corefileOf = (pods: string): string => `.:53 {
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    pods ${pods}
    fallthrough in-addr.arpa ip6.arpa
    ttl 30
  }
}`;

/** Holds CoreDNS's recorded answers to a scenario's `dns.txt` against those that are computed. */
export function dnsDifference(scenario: Scenario, file: string): string | undefined {
  const pods = /^pods-(\w+)\.txt$/.exec(basename(file))?.[1] ?? "";
  const ask = openDnsServer(corefileOf(pods), scenario.state);
  const questions = readFileSync(join(scenario.path, "dns.txt"), "utf8").trimEnd().split("\n");
  const actual = questions.flatMap((line) => [`? ${line}`, ...answerLines(ask(questionOf(line)), line)]);
  const expected = readFileSync(join(scenario.path, "expected", file), "utf8")
    .trimEnd()
    .split("\n");
  return firstDifference(withCounts(expected), actual);
}

/** Over UDP without EDNS: of a truncated answer only how many records it has is recorded. */
const overUdp = " udp512";

/** `web.default.svc.cluster.local. A`, with ` udp512` behind it where it is asked over UDP. */
function questionOf(line: string): RecordedQuestion {
  const [name = "", type = ""] = line.split(" ");
  return { name, type, transport: line.endsWith(overUdp) ? "udp" : "tcp" };
}

function answerLines(message: DnsMessage, line: string): string[] {
  const { rcode, flags, answers, authorities, additionals } = message;
  const set = (["qr", "aa", "tc", "rd", "ra", "ad", "cd"] as const).filter((flag) => flags[flag]);
  const head = `  ${rcode} flags: ${set.join(" ")}`;
  const sections = { answer: answers, authority: authorities, additional: additionals };
  if (line.endsWith(overUdp) && flags.tc) return [head, countLine(Object.values(sections).map(({ length }) => length))];
  return [
    head,
    ...Object.entries(sections).flatMap(([name, records]) =>
      records.map((record) => `  ${name} ${recordText(record, "SERIAL")}`).sort(),
    ),
  ];
}

/** The recording with the counts of each truncated answer on one line. */
function withCounts(lines: readonly string[]): string[] {
  const blocks = lines.join("\n").split(/\n(?=\? )/);
  return blocks.flatMap((block) => {
    const [question = "", head = "", ...rest] = block.split("\n");
    if (!question.endsWith(overUdp) || !head.split(" ").includes("tc")) return [question, head, ...rest];
    return [question, head, countLine(rest.flatMap((line) => line.match(/\d+/)?.map(Number) ?? []))];
  });
}

function countLine(counts: readonly number[]): string {
  return `  counts ${counts.filter((count) => count > 0).join(" ")}`;
}
