import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { CommandError, failure, together } from "../../command-error.ts";
import { namesFiles } from "../../resources/file-flags.ts";
import { readResourcesAndPairs } from "../changes.ts";
import type { Command, CommandRun } from "../command.ts";
import { changeContainers, changePodSpec } from "./pod-template.ts";
import { checkLocal, setAll, setFlags, setInfos, setPrinter } from "./set-objects.ts";

/** `kubectl set image` (pkg/cmd/set/set_image.go). */
export const setImage: Command = { name: "image", short: "Update the image of a pod template", flags: setFlags, run };

function run(call: CommandRun): void {
  const print = setPrinter(call, "image updated");
  const { resources, pairs } = readResourcesAndPairs(call.args, "image");
  const images = readImages(pairs);
  const infos = setInfos(call, resources);
  check(call, resources, images);
  const missing: CommandError[] = [];
  const change = (object: PlainObject): PlainObject => {
    const found = new Set<string>();
    const after = changePodSpec(object, (spec) =>
      changeContainers(spec, (container) => {
        const key = images.has(container.name) ? container.name : "*";
        const image = images.get(key);
        if (image === undefined) return container;
        found.add(key);
        return { ...container, image };
      }),
    );
    for (const name of images.keys()) {
      if (!found.has(name))
        missing.push(new CommandError(`error: unable to find container named ${JSON.stringify(name)}`));
    }
    return after;
  };
  const setting = { done: "image updated", failed: "failed to patch image update to pod template:", change };
  try {
    setAll(call, infos, setting, print);
  } catch (reason) {
    if (!(reason instanceof CommandError)) throw reason;
    throw together([...missing, reason]);
  }
  if (missing.length > 0) throw together(missing);
}

function readImages(pairs: readonly string[]): Map<string, string> {
  const wrong = pairs.filter((pair) => pair.indexOf("=") <= 0);
  if (wrong.length > 0) throw failure(`invalid image format: ${wrong.join(", ")}`);
  return new Map(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

function check(call: CommandRun, resources: readonly string[], images: ReadonlyMap<string, string>): void {
  const { flags } = call;
  const errors: Error[] = [];
  if (flags.flag("all") && flags.text("selector") !== "") {
    errors.push(failure("cannot set --all and --selector at the same time"));
  }
  if (resources.length === 0 && !namesFiles(flags)) {
    errors.push(failure("one or more resources must be specified as <resource> <name> or <resource>/<name>"));
  }
  if (images.size === 0) errors.push(failure("at least one image update is required"));
  else if (images.size > 1 && images.has("*")) {
    errors.push(
      failure("all containers are already specified by *, but saw more than one container_name=container_image pairs"),
    );
  }
  if (errors.length > 0) throw together(errors);
  checkLocal(call);
}
