import { ParseError } from "@kubenetsim/core/runtime/errors";
import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";
import { describe, expect, test } from "vitest";
import { Cluster } from "./cluster.ts";

const pod = (name: string): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, labels: {app: web}}
spec: {nodeName: n1, containers: [{name: a, image: a, ports: [{containerPort: 80}]}]}
`;

const objects = `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  selector: {app: web}
  clusterIP: 10.96.0.80
  ports: [{port: 80}]
`;

function lab(scheduler = ""): Cluster {
  const one = Cluster.create({ nodes: ["n1"], proxyMode: "ipvs", kubeProxy: { ipvs: { scheduler } } });
  one.apply([objects, pod("a"), pod("b")].join("---\n"));
  one.settle();
  return one;
}

function serviceLine(one: Cluster): string | undefined {
  return one
    .node("n1")
    .run("ipvsadm -S -n")
    .split("\n")
    .find((line) => line.startsWith("-A -t 10.96.0.80:80"));
}

test.each(Object.keys(ipvsSchedulers))("kube-proxy uses %s where its configuration names it", (scheduler) => {
  expect(serviceLine(lab(scheduler))).toBe(
    `-A -t 10.96.0.80:80 -s ${scheduler}${scheduler === "mh" ? " -b mh-port" : ""}`,
  );
});

describe("ipvsadm on a node", () => {
  test("changes what the kernel holds, and a fork's is its own", () => {
    const one = lab();
    const other = one.fork();
    const { run } = { run: (command: string) => one.node("n1").run(command) };
    expect(run("ipvsadm -A -t 10.0.0.9:80 -s ovf")).toBe("");
    run("ipvsadm -a -t 10.0.0.9:80 -r 10.244.0.9:8080 -m -w 2 -x 9 -y 4");
    expect(run("ipvsadm -L -n -t 10.0.0.9:80")).toContain("10.244.0.9:8080              Masq    2      0          0");
    run(`ipvsadm -A -t "10.0.0.9:81" -s 'sh'`);
    expect(run("ipvsadm -S -n")).toContain("-A -t 10.0.0.9:81 -s sh");
    expect(() => run("ipvsadm -A -t 10.0.0.9:80 -s ovf")).toThrow(new ParseError("Service already exists"));
    expect(() => other.node("n1").run("ipvsadm -D -t 10.0.0.9:80")).toThrow("No such service");
  });

  test("kube-proxy makes its own as it wants them at its next sync, and takes away others but those of marks", () => {
    const one = lab();
    const node = one.node("n1");
    node.run("ipvsadm -E -t 10.96.0.80:80 -s fo");
    node.run("ipvsadm -A -t 10.0.0.9:80 -s ovf");
    node.run("ipvsadm -A -f 7 -s sh -b sh-port");
    expect(serviceLine(one)).toBe("-A -t 10.96.0.80:80 -s fo");
    one.apply(objects.replace("name: web}", "name: more}").replace("10.96.0.80", "10.96.0.81"));
    one.settle();
    expect(serviceLine(one)).toBe("-A -t 10.96.0.80:80 -s rr");
    const saved = node.run("ipvsadm -S -n");
    expect(saved).toContain("-A -f 7 -s sh -b sh-port");
    expect(saved).not.toContain("10.0.0.9");
  });
});
