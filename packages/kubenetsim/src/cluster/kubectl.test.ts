import { describe, expect, it } from "vitest";
import { Cluster } from "./cluster.ts";

const yaml =
  "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 80}], selector: {app: web}}}";

describe("lab.kubectl", () => {
  it("runs a command line of kubectl, with and without that word", () => {
    const lab = Cluster.create();
    const name = "web";
    expect(lab.kubectl`create service clusterip ${name} --tcp=80:80`).toEqual({
      stdout: "service/web created\n",
      stderr: "",
      exitCode: 0,
    });
    expect(lab.kubectl("kubectl get service web -o name").stdout).toBe("service/web\n");
    expect(lab.kubectl`get service nothing`).toEqual({
      stdout: "",
      stderr: 'Error from server (NotFound): services "nothing" not found\n',
      exitCode: 1,
    });
  });

  it("writes what it prints into a file", () => {
    const lab = Cluster.create();
    lab.kubectl("create service clusterip web6 --tcp=80:8080 --dry-run=client -o yaml > service.yaml");
    expect(lab.files.read("service.yaml")).toContain("targetPort: 8080");
    expect(lab.list("Service").map(({ metadata }) => metadata.name)).toEqual(["kubernetes"]);
    expect(lab.kubectl("get -f service.yaml; kubectl get svc | grep -c 10.96.0.1").stdout).toBe("1\n");
  });

  it("lets the cluster settle after each command", () => {
    const lab = Cluster.create({ nodes: ["n1"] });
    const { stdout } =
      lab.kubectl`create deployment web --image=nginx --replicas=2 && kubectl get pods | grep -c Running`;
    expect(stdout).toBe("deployment.apps/web created\n2\n");
  });

  it("refuses more replicas than a cluster could hold, however they are asked for", () => {
    const lab = Cluster.create({ nodes: ["n1"] });
    lab.kubectl("create deployment web --image=nginx");
    const refusal =
      'Error from server (Forbidden): deployments.apps "web" is forbidden: 2147483647 replicas are not modelled: all replicas of a cluster may make 150000 Pods; 2147483647 are asked for\n';
    const tooMany = { stdout: "", stderr: refusal, exitCode: 1 };
    expect(lab.kubectl("scale deploy web --replicas=2147483647")).toEqual(tooMany);
    expect(lab.kubectl(`patch deploy web -p '{"spec":{"replicas":2147483647}}'`)).toEqual(tooMany);
    expect(lab.kubectl("scale deploy web --replicas=2147483647 --dry-run=server")).toEqual(tooMany);
    expect(lab.kubectl("create deployment db --image=nginx --replicas=150000").stderr).toContain(
      "150001 are asked for",
    );
    expect(lab.kubectl("get deploy,rs,pods --no-headers | wc -l").stdout).toBe("3\n");
  });

  it("helps by topic", () => {
    const lab = Cluster.create();
    expect(lab.kubectl("help create service").stdout).toBe(lab.kubectl("create service --help").stdout);
    expect(lab.kubectl("help get nosuch")).toEqual(lab.kubectl("get -h"));
    expect(lab.kubectl("help")).toEqual(lab.kubectl("--help"));
    expect(lab.kubectl("help nosuch")).toEqual({
      stdout: "",
      stderr: expect.stringMatching(/^Unknown help topic \[`nosuch`\]\n/),
      exitCode: 0,
    });
  });

  it("tells kinds of a real cluster that are not modelled from words that mean nothing", () => {
    const lab = Cluster.create();
    const missing = (word: string): string => lab.kubectl(`get ${word}`).stderr;
    expect(missing("leases")).toBe(
      'error: the server doesn\'t have a resource type "leases" (Lease is not modelled; kubectl api-resources lists what is)\n',
    );
    expect(missing("networkpolicy")).toContain("(NetworkPolicy is not modelled;");
    expect(missing("networkpolicies")).toContain("(NetworkPolicy is not modelled;");
    expect(missing("nosuch")).toBe('error: the server doesn\'t have a resource type "nosuch"\n');
  });

  it("shows since when a node has been ready", () => {
    const lab = Cluster.create({ nodes: ["n1"] });
    const since = "Thu, 01 Jan 2026 00:00:00 +0000";
    expect(lab.kubectl("describe node n1 | grep Ready").stdout.replace(/ {2,}/g, " ").trim()).toBe(
      `Ready True ${since} ${since} KubeletReady kubelet is posting ready status`,
    );
  });

  it("edits with a command of the shell, too", () => {
    const lab = Cluster.create();
    lab.kubectl("create service clusterip web --tcp=80:80");
    const port = (): number => lab.get("Service", "default/web")!.spec.ports![0]!.port;
    const edited = { stdout: "service/web edited\n", stderr: "", exitCode: 0 };
    expect(lab.kubectl("edit svc web", { editor: "sed -i 's/port: 80/port: 81/'" })).toEqual(edited);
    expect(port()).toBe(81);
    expect(lab.kubectl("KUBE_EDITOR='sed -i s/81/82/' EDITOR=cat kubectl edit svc web")).toEqual(edited);
    expect(lab.kubectl`get svc web -o name; EDITOR='sed -i s/82/83/' kubectl edit svc web`.stdout).toBe(
      "service/web\nservice/web edited\n",
    );
    expect(port()).toBe(83);
    expect(lab.kubectl("EDITOR=cat kubectl edit svc web")).toEqual({
      stdout: expect.stringMatching(/^# Please edit the object below\.[\s\S]*\nstatus:\n {2}loadBalancer: \{\}\n$/),
      stderr: "Edit cancelled, no changes made.\n",
      exitCode: 0,
    });
    expect(lab.kubectl("EDITOR='sed -i s/83' kubectl edit svc web")).toEqual({
      stdout: "",
      stderr:
        'sed: -e expression #1, char 4: unterminated `s\' command\nerror: there was a problem with the editor "sed -i s/83"\n',
      exitCode: 1,
    });
    expect(lab.kubectl("EDITOR=vi kubectl edit svc web").stderr).toMatch(
      /^sh: the command "vi" is not modelled .*\nerror: unable to launch the editor "vi"\n$/,
    );
    expect(lab.files.list(".")).toEqual([]);
    expect(port()).toBe(83);
  });

  it("keeps the files of a copy apart", () => {
    const lab = Cluster.create();
    lab.files.write("a", "1");
    const copy = lab.fork();
    copy.files.write("a", "2");
    copy.kubectl`create namespace shop`;
    expect(lab.files.read("a")).toBe("1");
    expect(lab.get("Namespace", "shop")).toBeUndefined();
  });

  it("refuses what no kubectl is, and changes nothing", () => {
    const lab = Cluster.create();
    expect(lab.kubectl`create namespace shop; kubectl get ns | awk '{print $1}'`).toEqual({
      stdout: "",
      stderr: expect.stringMatching(/^sh: the command "awk" is not modelled \(.*known are cat, echo,/),
      exitCode: 127,
    });
    expect(lab.get("Namespace", "shop")).toBeUndefined();
  });

  it("reads standard input, and here-documents", () => {
    const lab = Cluster.create();
    lab.apply(yaml);
    expect(lab.kubectl("delete -f -", { stdin: yaml }).stdout).toContain('service "web" deleted');
    lab.apply(yaml);
    const line = lab.kubectl`delete -f - <<EOF
${yaml}
EOF`;
    expect(line.stdout).toContain('service "web" deleted');
  });
});
