/** The real CoreDNS before our API, asked what it was asked when its answers were recorded. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAdaptorServer } from "@hono/node-server";
import { createApiHandler } from "@kubenetsim/api";
import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { blankState } from "@kubenetsim/core/apiserver/empty-state";
import { putObject } from "@kubenetsim/core/apiserver/write-object";
import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { TestApiServer } from "@kubenetsim/testing/api-server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readScenario } from "../../conformance/cluster/scenario.ts";
import { freePort } from "../free-port.ts";
import { repositoryRoot } from "../repository-root.ts";
import { OwnNetwork } from "./own-network.ts";
import { type DnsAnswer, type Question, RealDns } from "./real-dns.ts";
import { builtProgram } from "./real-program.ts";

type Sections = Pick<DnsAnswer, "rcode" | "answer" | "authority" | "additional">;
interface RecordedQuestion extends Question, Sections {}

const shared = join(repositoryRoot, "../shared/conformance");
const folder = existsSync(shared) ? shared : join(repositoryRoot, "test/conformance/cases");
const missing = builtProgram("coredns") === undefined;
if (missing)
  console.log("not compared with the real CoreDNS: it is not built (npm run conformance:live -- --mode serve)");

describe.skipIf(missing)("the real CoreDNS, before our API", () => {
  let network: OwnNetwork;
  let server: Server | undefined;

  beforeEach(() => {
    network = new OwnNetwork();
  });

  afterEach(async () => {
    server?.closeAllConnections();
    server?.close();
    await network.close();
  });

  /** What it answers with these options of its Corefile's block `kubernetes`. */
  async function answers(
    state: ClusterState,
    options: readonly string[],
    questions: readonly Question[],
  ): Promise<Sections[]> {
    const { server: api, clock } = new TestApiServer(state);
    const handle = createApiHandler({ api, clock });
    server = createAdaptorServer({ fetch: (request) => handle(request) }) as Server;
    const listening = server.listen(0, "127.0.0.1");
    await new Promise((done) => listening.once("listening", done));
    const { port } = server.address() as AddressInfo;
    const dns = new RealDns(network, await freePort(), [`endpoint http://127.0.0.1:${port}`, ...options]);
    await dns.untilReady();
    const given = await dns.ask(questions);
    return given.map(sectionsOf);
  }

  for (const { name, objects, groups, ttl } of unitTests()) {
    const state = objects.reduce((before, object) => putObject(before, object).state, blankState());
    it.each(groups.map((group) => [`${name} ${group.name}`, group] as const))(
      "answers %s",
      async (_, { config, queries }) => {
        const questions = queries.map(({ qname, qtype }) => ({ name: qname, type: qtype }));
        const given = await answers(state, [`ttl ${ttl}`, ...optionsOf(config)], questions);
        expect(given).toEqual(queries.map(sectionsOf));
      },
      60_000,
    );
  }

  it.each(recordedClusters())(
    "answers for the cluster %s, %s",
    async (name, file) => {
      const recorded = recordedQuestions(readFileSync(join(folder, "cluster", name, "expected/dns", file), "utf8"));
      const pods = /^pods-(\w+)\.txt$/.exec(file)![1]!;
      const options = [`pods ${pods}`, "fallthrough in-addr.arpa ip6.arpa", "ttl 30"];
      const { state } = readScenario(join(folder, "cluster", name));
      expect(await answers(state, options, recorded)).toEqual(recorded.map(sectionsOf));
    },
    60_000,
  );
});

interface UnitTests {
  readonly name: string;
  readonly ttl: number;
  readonly objects: readonly ApiObject[];
  readonly groups: readonly {
    readonly name: string;
    readonly config: { readonly pods?: string; readonly namespaces?: string[]; readonly ignoreEmptyService?: boolean };
    readonly queries: readonly (Sections & { readonly qname: string; readonly qtype: string })[];
  }[];
}

function unitTests(): UnitTests[] {
  return namesIn("dns").map((name) => ({
    name,
    ...(JSON.parse(readFileSync(join(folder, "dns", name), "utf8")) as Omit<UnitTests, "name">),
  }));
}

function optionsOf({ pods, namespaces, ignoreEmptyService }: UnitTests["groups"][number]["config"]): string[] {
  return [
    ...(pods === undefined ? [] : [`pods ${pods}`]),
    ...(namespaces === undefined ? [] : [`namespaces ${namespaces.join(" ")}`]),
    ...(ignoreEmptyService === true ? ["ignore empty_service"] : []),
  ];
}

/** Each cluster's name, and a file with what was asked and answered. */
function recordedClusters(): (readonly [string, string])[] {
  return namesIn("cluster").flatMap((name) =>
    namesIn(`cluster/${name}/expected/dns`).map((file) => [name, file] as const),
  );
}

function namesIn(below: string): string[] {
  const path = join(folder, below);
  return existsSync(path) ? readdirSync(path).sort() : [];
}

/** `? NAME TYPE`, then the code, then records with their sections. What was asked over UDP is told in part and left out. */
function recordedQuestions(text: string): RecordedQuestion[] {
  const blocks = text
    .trimEnd()
    .split(/\n(?=\? )/)
    .filter((block) => !block.split("\n", 1)[0]!.endsWith(" udp512"));
  return blocks.map((block) => {
    const [question = "", head = "", ...records] = block.split("\n");
    const [, name = "", type = ""] = question.split(" ");
    const of = (section: string): string[] =>
      records.filter((line) => line.startsWith(`  ${section} `)).map((line) => line.slice(section.length + 3));
    const [rcode = ""] = head.trim().split(" ");
    return { name, type, rcode, answer: of("answer"), authority: of("authority"), additional: of("additional") };
  });
}

/** Records compare as sets; the SOA's serial is a time. */
function sectionsOf({ rcode, answer, authority, additional }: Sections): Sections {
  const sorted = (records: readonly string[]): string[] =>
    records.map((record) => record.replace(" SERIAL ", " N ")).sort();
  return { rcode, answer: sorted(answer), authority: sorted(authority), additional: sorted(additional) };
}
