import type { RestAnswer } from "@kubenetsim/core/apiserver/rest/request";
import { Cluster } from "kubenetsim";
import type { Comparison } from "../comparison.ts";
import type { Difference } from "../difference.ts";
import { type Answer, plainAnswer } from "./plain-answer.ts";
import { type Conversation, type Request, randomConversation } from "./random-conversation.ts";
import type { Json } from "./random-fields.ts";
import { RealApiServer } from "./real-api-server.ts";

let server: Promise<RealApiServer> | undefined;
let conversations = 0;

/** The API server: what it stores, refuses, warns of and shows as a table. */
export const apiComparison: Comparison<Conversation, readonly Answer[]> = {
  casesAtOnce: 50,
  removable: {
    lists: new Set(["requests", "ports", "endpoints", "rules", "paths", "containers"]),
    fields: new Set(["spec", "metadata"]),
  },
  draw: randomConversation,
  ask: async (cases, answered) => {
    server ??= RealApiServer.start(console.log);
    const real = await server;
    const answers: Answer[][] = [];
    for (const one of cases) {
      answers.push(await askReal(real, one));
      answered?.(answers.length);
    }
    return answers;
  },
  differenceOf,
  record: (one, answers) => ({ ...one, answers }),
};

async function askReal(real: RealApiServer, { requests }: Conversation): Promise<Answer[]> {
  const namespace = `c${process.pid}-${conversations++}`;
  const body = { metadata: { name: namespace } };
  await real.ask({ method: "POST", path: "/api/v1/namespaces", body }, "");
  const answers: Answer[] = [];
  for (const one of requests) answers.push(withoutName(await real.ask(one, namespace), namespace));
  for (const kind of ["services"])
    await real.ask({ method: "DELETE", path: `/api/v1/namespaces/${namespace}/${kind}` }, "");
  return answers;
}

function withoutName(answer: Answer, namespace: string): Answer {
  return JSON.parse(JSON.stringify(answer).replaceAll(namespace, "NAMESPACE")) as Answer;
}

const ourNamespace = "our-own";

function differenceOf({ requests }: Conversation, answers: readonly Answer[]): Difference | undefined {
  const lab = Cluster.create({ serviceCIDRs: ["10.96.0.0/12", "fd00:10:96::/112"] });
  askOurs(lab, { method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: ourNamespace } } });
  const asked = JSON.stringify(requests);
  for (const [at, one] of requests.entries()) {
    const real = JSON.stringify(plainAnswer(answers[at]!, asked));
    const ours = JSON.stringify(plainAnswer(withoutName(askOurs(lab, one), ourNamespace), asked));
    if (real !== ours) return { step: at + 1, where: `${one.method} ${kindOf(one)}`, text: apart(real, ours) };
  }
  return undefined;
}

function askOurs(lab: Cluster, one: Request): Answer {
  const { code, body, warnings } = lab.api.handle({
    method: one.method,
    path: one.path.replace("NAMESPACE", ourNamespace),
    query: new Map(Object.entries(one.query ?? {})),
    headers: {
      "user-agent": "kubenetsim",
      accept: one.accept ?? "application/json",
      ...(one.body === undefined ? {} : { "content-type": one.contentType ?? "application/json" }),
    },
    ...(one.body === undefined ? {} : { body: JSON.stringify(one.body) }),
  }) as RestAnswer;
  return { code, warnings, body: JSON.parse(JSON.stringify(body)) as Json };
}

function kindOf({ path }: Request): string {
  return path.split("/NAMESPACE/")[1]?.split("/")[0] ?? path;
}

/** Both texts from shortly before they part. */
function apart(real: string, ours: string): string {
  let at = 0;
  while (real[at] === ours[at]) at++;
  const from = Math.max(0, at - 120);
  return `  real: ${real.slice(from, at + 240)}\n  ours: ${ours.slice(from, at + 240)}`;
}
