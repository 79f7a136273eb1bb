import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { failure } from "../../command-error.ts";
import { jsonText } from "../../output/json.ts";
import { printYaml } from "../../output/yaml.ts";
import type { Command, CommandRun } from "../command.ts";

/** The kubectl that is modelled, as a build of its module says it. */
const clientVersion: PlainObject = {
  major: "1",
  minor: "37",
  gitVersion: "v1.37.2",
  gitCommit: "$Format:%H$",
  gitTreeState: "",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "go1.26.8",
  compiler: "gc",
  platform: "linux/amd64",
};
const kustomizeVersion = "v5.8.1";

/** `kubectl version` (pkg/cmd/version/version.go). */
export const version: Command = {
  name: "version",
  short: "Print the client and server version information",
  flags: [
    { name: "client", kind: "bool" },
    { name: "output", short: "o", kind: "string" },
  ],
  run,
};

function run({ args, flags, session }: CommandRun): void {
  if (args.length > 0) throw failure(`extra arguments: [${args.join(" ")}]`);
  const format = flags.text("output");
  if (!["", "yaml", "json"].includes(format)) throw failure("--output must be 'yaml' or 'json'");
  const serverVersion = flags.flag("client") ? undefined : session.client.ask("GET", "/version");
  const all = { clientVersion, kustomizeVersion, ...(serverVersion && { serverVersion }) };
  if (format === "yaml") session.write(`${printYaml(all)}\n`);
  else if (format === "json") session.say(jsonText(all, "", "  "));
  else {
    session.say(`Client Version: ${String(clientVersion.gitVersion)}`);
    session.say(`Kustomize Version: ${kustomizeVersion}`);
    if (serverVersion !== undefined) session.say(`Server Version: ${String(serverVersion.gitVersion)}`);
  }
}
