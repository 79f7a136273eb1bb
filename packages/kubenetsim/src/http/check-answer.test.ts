import { ParseError } from "@kubenetsim/core/runtime/errors";
import { describe, expect, it } from "vitest";
import { Cluster } from "../cluster/cluster.ts";
import type { PodAnswer } from "./pod-answer.ts";

function ask(answer: unknown): () => unknown {
  const lab = Cluster.create({ nodes: ["n1"], http: { answer: () => answer as PodAnswer } });
  lab.kubectl`run p --image=web --port=80`;
  const address = lab.kubectl`get pod p -o jsonpath={.status.podIP}`.stdout;
  return () => lab.node("n1").curl(`http://${address}/`).http?.response?.status;
}

describe("what somebody's own function answers", () => {
  it.each([
    ["text", "gives no answer"],
    [{ status: "200" }, 'the status "200"'],
    [{ status: 9999 }, "the status 9999"],
    [{ status: 200, headers: null }, "headers that are no object"],
    [{ status: 200, headers: { "x\r\ny": "z" } }, 'the header "x\\r\\ny"'],
    [{ status: 200, headers: { x: 7 } }, "the header 7"],
    [{ status: 200, cookies: "a=b" }, "cookies that are no list"],
    [{ status: 200, body: 7 }, "a body that is no text"],
  ])("%j is refused with the Pod's name", (answer, message) => {
    expect(ask(answer)).toThrow(ParseError);
    expect(ask(answer)).toThrow(`http.answer for pod default/p`);
    expect(ask(answer)).toThrow(message);
  });

  it("may be nothing, which leaves it to the usual answer", () => {
    expect(ask(undefined)()).toBe(200);
  });
});

describe("a controller that is none", () => {
  it("says so where its Pod's problem stands", () => {
    const start = () => ({ take: () => undefined }) as never;
    const broken = { name: "broken", runs: (image: string) => image === "broken", start };
    const lab = Cluster.create({ nodes: ["n1"], ingressControllers: [broken] });
    lab.kubectl`run p --image=broken --port=80`;
    lab.settle();
    expect(lab.pod("p").ingressController?.problem).toBe("what broken starts is no controller: it has no advance()");
  });
});
