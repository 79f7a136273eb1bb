import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1Service,
} from "@kubernetes/client-node";
import { Cluster } from "kubenetsim";
import { type RunningServer, serveCluster } from "kubenetsim/cli/serve/http-server";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const namespace = "default";
const service = (name: string, port = 80): V1Service => ({
  metadata: { name, labels: { app: name } },
  spec: { selector: { app: name }, ports: [{ port }] },
});

describe("@kubernetes/client-node, before kubenetsim serve", () => {
  let lab: Cluster;
  let server: RunningServer;
  let config: KubeConfig;
  let core: CoreV1Api;

  beforeEach(async () => {
    lab = Cluster.create({ nodes: ["n1", "n2"] });
    server = await serveCluster(lab, { host: "127.0.0.1", port: 0 });
    config = new KubeConfig();
    config.loadFromClusterAndUser({ name: "lab", server: server.url, skipTLSVerify: true }, { name: "me" });
    core = config.makeApiClient(CoreV1Api);
  });

  afterEach(() => server.close());

  it("creates, lists by selector and page, replaces and deletes", async () => {
    for (const name of ["a", "b", "c"]) await core.createNamespacedService({ namespace, body: service(name) });
    const some = await core.listNamespacedService({ namespace, labelSelector: "app in (a,c)" });
    expect(some.items.map(({ metadata }) => metadata?.name)).toEqual(["a", "c"]);
    const first = await core.listServiceForAllNamespaces({ limit: 2 });
    const rest = await core.listServiceForAllNamespaces({ limit: 2, _continue: first.metadata?._continue ?? "" });
    const names = [...first.items, ...rest.items].map(({ metadata }) => metadata?.name);
    expect(names).toEqual(["a", "b", "c", "kubernetes"]);
    const read = await core.readNamespacedService({ namespace, name: "a" });
    expect(read.spec?.clusterIP).toMatch(/^10\./);
    expect(read.metadata?.creationTimestamp).toBeInstanceOf(Date);
    await core.replaceNamespacedService({
      namespace,
      name: "a",
      body: { ...read, metadata: { ...read.metadata, labels: {} } },
    });
    await expect(core.replaceNamespacedService({ namespace, name: "a", body: read })).rejects.toMatchObject({
      code: 409,
    });
    await core.deleteNamespacedService({ namespace, name: "a" });
    await expect(core.readNamespacedService({ namespace, name: "a" })).rejects.toMatchObject({ code: 404 });
    await expect(core.createNamespacedService({ namespace, body: service("d", 0) })).rejects.toMatchObject({
      code: 422,
    });
  });

  it("patches in each way", async () => {
    await core.createNamespacedService({ namespace, body: service("web") });
    const patched = async (body: object, strategy: string) =>
      core.patchNamespacedService({ namespace, name: "web", body }, setHeaderOptions("Content-Type", strategy));
    const ports = (answer: V1Service) => answer.spec?.ports?.map(({ port }) => port);
    const merged = await patched({ metadata: { labels: { tier: "front" } } }, PatchStrategy.MergePatch);
    expect(merged.metadata?.labels).toEqual({ app: "web", tier: "front" });
    const added = {
      spec: {
        ports: [
          { name: "tls", port: 443 },
          { name: "http", port: 80 },
        ],
      },
    };
    expect(ports(await patched(added, PatchStrategy.StrategicMergePatch))?.sort()).toEqual([443, 80]);
    const removed = [{ op: "remove", path: "/spec/ports/0" }];
    expect(ports(await patched(removed, PatchStrategy.JsonPatch))).toHaveLength(1);
  });

  it("hears of everything by an informer, in order", async () => {
    await core.createNamespacedService({ namespace, body: service("before") });
    const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/services`, () =>
      core.listNamespacedService({ namespace }),
    );
    const heard: string[] = [];
    for (const verb of ["add", "update", "delete"] as const) {
      informer.on(verb, ({ metadata }) => void heard.push(`${verb} ${metadata?.name}`));
    }
    await informer.start();
    for (let i = 0; i < 20; i++) await core.createNamespacedService({ namespace, body: service(`s${i}`) });
    const options = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
    await core.patchNamespacedService({ namespace, name: "s3", body: { metadata: { labels: { a: "b" } } } }, options);
    lab.kubectl("delete service s4");
    const told = Array.from({ length: 20 }, (_, i) => `add s${i}`);
    const all = ["add before", "add kubernetes", ...told, "update s3", "delete s4"];
    await vi.waitFor(() => expect(heard).toEqual(all), { timeout: 10_000 });
    await informer.stop();
  });

  it("sees what controllers do with what it writes", async () => {
    const apps = config.makeApiClient(AppsV1Api);
    const template = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "nginx" }] } };
    const spec = { replicas: 3, selector: { matchLabels: { app: "web" } }, template };
    await apps.createNamespacedDeployment({ namespace, body: { metadata: { name: "web" }, spec } });
    await vi.waitFor(async () => {
      const { status } = await apps.readNamespacedDeployment({ namespace, name: "web" });
      expect(status?.readyReplicas).toBe(3);
    });
    await apps.patchNamespacedDeploymentScale(
      { namespace, name: "web", body: { spec: { replicas: 1 } } },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
    await vi.waitFor(async () => {
      const { items } = await core.listNamespacedPod({ namespace, labelSelector: "app=web" });
      expect(items).toHaveLength(1);
    });
  });
});
