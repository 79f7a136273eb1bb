import { runKubectl } from "@kubenetsim/kubectl";
import { Cluster } from "kubenetsim";
import { kubectlHost } from "kubenetsim/kubectl/kubectl-host";
import { shellWords } from "kubenetsim/shell/shell-words";
import { expect, it } from "vitest";

function labWithDeployment(): Cluster {
  const lab = Cluster.create({ nodes: ["n1"] });
  lab.settle();
  type(lab, "create deployment web --image=nginx --replicas=2");
  return lab;
}

function type(lab: Cluster, command: string): string {
  const { stdout, stderr } = runKubectl(shellWords(command), kubectlHost(lab));
  return stdout + stderr;
}

it("watches what the controllers do until they are done, below one header", () => {
  const text = type(labWithDeployment(), "get deployments -w");
  const [header, ...rows] = text.trimEnd().split("\n");
  expect(header).toMatch(/^NAME +READY +UP-TO-DATE +AVAILABLE +AGE$/);
  expect(rows.length).toBeGreaterThan(1);
  expect(rows[0]).toMatch(/^web +0\/2 /);
  expect(rows.at(-1)).toMatch(/^web +2\/2 +2 +2 /);
});

it("tells what happened with the events' types, and one object only from its first change on", () => {
  const events = type(labWithDeployment(), "get pods --watch-only --output-watch-events -o custom-columns=E:.type");
  expect(events.split("\n").slice(0, 3)).toEqual(["E", "ADDED", "ADDED"]);
  const names = type(labWithDeployment(), "get deployment web --watch-only -o name");
  expect(new Set(names.trimEnd().split("\n"))).toEqual(new Set(["deployment.apps/web"]));
});
