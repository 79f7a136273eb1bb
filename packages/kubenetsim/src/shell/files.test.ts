import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileTree } from "@kubenetsim/kubectl";
import { afterAll, describe, expect, it } from "vitest";
import { Cluster } from "../cluster/cluster.ts";
import { nodeFiles } from "../node-files.ts";
import { MemoryFiles } from "./memory-files.ts";

const folder = mkdtempSync(join(tmpdir(), "kubenetsim-files-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const trees: readonly (readonly [string, () => FileTree])[] = [
  ["in memory", () => new MemoryFiles()],
  ["of Node", () => nodeFiles(mkdtempSync(join(folder, "tree-")))],
];

describe.each(trees)("files %s", (_, make) => {
  it("are read as they were written", () => {
    const files = make();
    files.write("a.yaml", "1");
    files.write("shop/web/b.yaml", "2");
    files.write("./shop//c.yaml", "3");
    files.write("a.yaml", "4");
    expect(
      ["a.yaml", "shop/../a.yaml", "shop/web/b.yaml", "shop/c.yaml", "nothing", "shop"].map((path) => files.read(path)),
    ).toEqual(["4", "4", "2", "3", undefined, undefined]);
  });

  it("are listed with all below a folder, by the name that it was called", () => {
    const files = make();
    for (const path of ["b", "shop/z", "shop/a/b", "shop2/x"]) files.write(path, "");
    expect(files.list(".")).toEqual(["b", "shop/a/b", "shop/z", "shop2/x"]);
    expect(files.list("shop")).toEqual(["shop/a/b", "shop/z"]);
    expect(files.list("shop/")).toEqual(["shop/a/b", "shop/z"]);
    expect(files.list("nothing")).toBeUndefined();
  });

  it("serve kubectl", () => {
    const files = make();
    const lab = Cluster.create({ files });
    lab.kubectl`create service clusterip web --tcp=80 --dry-run=client -o yaml > services/web.yaml`;
    expect(lab.kubectl`apply -f services`.stdout).toBe("service/web created\n");
    expect(lab.kubectl`get service web -o name >> services/names; cat services/names`.stdout).toBe("service/web\n");
  });
});

it("lets no path out of the folder", () => {
  const files = nodeFiles(mkdtempSync(join(folder, "tree-")));
  for (const path of ["../x", "/etc/passwd", "a/../../x"]) {
    expect(() => files.read(path)).toThrow(RangeError);
    expect(() => files.write(path, "")).toThrow(RangeError);
  }
});
