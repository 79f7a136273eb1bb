import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { base64 } from "@kubenetsim/core/runtime/base64";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { parseKeyPair } from "@kubenetsim/ingress/certificate/key-pair";
import { failure } from "../../command-error.ts";
import type { Flag } from "../../flags/flag.ts";
import { printFlags, saveConfigFlag, writeFlags } from "../../flags/global-flags.ts";
import { structJson } from "../../output/json.ts";
import type { Command, CommandRun } from "../command.ts";
import { contentHash } from "./content-hash.ts";
import { createNamed, nameArgument, namespaceOf } from "./create-object.ts";
import {
  checkSources,
  collect,
  fileValues,
  type KeyProblems,
  literalValues,
  sourceFlags,
  variableValues,
} from "./key-values.ts";

const flags: readonly Flag[] = [...printFlags, ...writeFlags, saveConfigFlag];
const text = (name: string, initial = ""): Flag => ({ name, kind: "string", initial });

/** `kubectl create secret` (pkg/cmd/create/create_secret.go). */
export const createSecret: Command = {
  name: "secret",
  short: "Create a secret using a specified subcommand",
  usage: "(docker-registry | generic | tls)",
  subcommands: [
    {
      name: "docker-registry",
      short: "Create a secret for use with a Docker registry",
      flags: [
        ...flags,
        ...sourceFlags.filter(({ name }) => name === "append-hash" || name === "from-file"),
        text("docker-email"),
        text("docker-password"),
        text("docker-server", "https://index.docker.io/v1/"),
        text("docker-username"),
      ],
      run: (run) => createOfType(run, "kubernetes.io/dockerconfigjson", registryValues),
    },
    {
      name: "generic",
      short: "Create a secret from a local file, directory, or literal value",
      flags: [...flags, ...sourceFlags, text("type")],
      run: (run) => createOfType(run, run.flags.text("type"), givenValues),
    },
    {
      name: "tls",
      short: "Create a TLS secret",
      flags: [...flags, { name: "append-hash", kind: "bool" }, text("cert"), text("key")],
      run: (run) => createOfType(run, "kubernetes.io/tls", certificateValues),
    },
  ],
};

type Values = (run: CommandRun) => Record<string, string>;

function createOfType(run: CommandRun, type: string, valuesOf: Values): void {
  const name = nameArgument(run);
  const path = `/api/v1/namespaces/${run.session.namespace}/secrets`;
  createNamed(run, () => secretOf(run, name, type, valuesOf(run)), path, "secret");
}

function secretOf(
  { flags: given, session }: CommandRun,
  name: string,
  type: string,
  values: Record<string, string>,
): PlainObject {
  const data = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, base64(value)]));
  const suffix = given.flag("append-hash") ? `-${contentHash({ data, kind: "Secret", name, type })}` : "";
  return {
    kind: "Secret",
    apiVersion: "v1",
    metadata: { name: name + suffix, ...namespaceOf(session) },
    ...(Object.keys(data).length === 0 ? {} : { data }),
    ...(type === "" ? {} : { type }),
  };
}

const problems: KeyProblems = {
  invalid: (key, complaints) => `${JSON.stringify(key)} is not valid key name for a Secret ${complaints.join(";")}`,
  doubled: (key) => `cannot add key ${key}, another key by that name already exists`,
};

function givenValues({ flags: given, session }: CommandRun): Record<string, string> {
  checkSources(given);
  const { files } = session.host;
  return collect(
    [...literalValues(given), ...fileValues(given.list("from-file"), files), ...variableValues(given, files, "secret")],
    problems,
  );
}

const registryKey = ".dockerconfigjson";

function registryValues({ flags: given, session }: CommandRun): Record<string, string> {
  const [username, password, email, server] = ["username", "password", "email", "server"].map((name) =>
    given.text(`docker-${name}`),
  ) as [string, string, string, string];
  const sources = given.list("from-file").map((source) => (source.includes("=") ? source : `${registryKey}=${source}`));
  if (sources.length > 0) return collect(fileValues(sources, session.host.files), problems);
  if (username === "" || password === "" || server === "") {
    throw failure(
      "either --from-file or the combination of --docker-username, --docker-password and --docker-server is required",
    );
  }
  const auth = base64(`${username}:${password}`);
  const entry = { username, password, ...(email === "" ? {} : { email }), auth };
  return { [registryKey]: structJson({ auths: { [server]: entry } }) };
}

/** The key has to belong to the certificate. */
function certificateValues({ flags: given, session }: CommandRun): Record<string, string> {
  const [cert, key] = [given.text("cert"), given.text("key")];
  if (cert === "" || key === "") throw failure("key and cert must be specified");
  const [certificate, privateKey] = [cert, key].map((path) => {
    const content = session.host.files.read(path);
    if (content === undefined) throw failure(`Cannot read file ${path}, open ${path}: no such file or directory`);
    return content;
  }) as [string, string];
  try {
    parseKeyPair(certificate, privateKey);
  } catch (error) {
    throw error instanceof ParseError ? failure(error.message) : error;
  }
  return { "tls.crt": certificate, "tls.key": privateKey };
}
