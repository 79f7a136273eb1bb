import { failure } from "../../command-error.ts";
import type { DescribeWriter } from "./describe-writer.ts";
import type { DescribedVolume } from "./described.ts";

type Source = Readonly<Record<string, unknown>>;

/** What each source tells: its kind, and fields below it (kubectl pkg/describe, describeVolumes). */
const sources: Readonly<Record<string, (source: Source) => readonly string[]>> = {
  hostPath: ({ path, type }) => [
    "Type:\tHostPath (bare host directory volume)",
    `Path:\t${path ?? ""}`,
    `HostPathType:\t${type ?? "<none>"}`,
  ],
  emptyDir: ({ medium, sizeLimit }) => [
    "Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)",
    `Medium:\t${medium ?? ""}`,
    `SizeLimit:\t${sizeLimit === undefined || sizeLimit === "0" ? "<unset>" : sizeLimit}`,
  ],
  secret: ({ secretName, optional }) => [
    "Type:\tSecret (a volume populated by a Secret)",
    `SecretName:\t${secretName ?? ""}`,
    `Optional:\t${optional ?? false}`,
  ],
  configMap: ({ name, optional }) => [
    "Type:\tConfigMap (a volume populated by a ConfigMap)",
    `Name:\t${name ?? ""}`,
    `Optional:\t${optional ?? false}`,
  ],
  nfs: ({ server, path, readOnly }) => [
    "Type:\tNFS (an NFS mount that lasts the lifetime of a pod)",
    `Server:\t${server}`,
    `Path:\t${path}`,
    `ReadOnly:\t${readOnly ?? false}`,
  ],
  persistentVolumeClaim: ({ claimName, readOnly }) => [
    "Type:\tPersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
    `ClaimName:\t${claimName}`,
    `ReadOnly:\t${readOnly ?? false}`,
  ],
  image: ({ reference, pullPolicy }) => [
    "Type:\tImage (a container image or OCI artifact)",
    `Reference:\t${reference ?? ""}`,
    `PullPolicy:\t${pullPolicy ?? ""}`,
  ],
  downwardAPI: ({ items }) => [
    "Type:\tDownwardAPI (a volume populated by information about the pod)",
    "Items:",
    ...((items ?? []) as readonly DownwardItem[]).flatMap(itemLines),
  ],
  projected: ({ sources: list }) => [
    "Type:\tProjected (a volume that contains injected data from multiple sources)",
    ...((list ?? []) as readonly ProjectedSource[]).flatMap(projectedLines),
  ],
};

interface DownwardItem {
  readonly path: string;
  readonly fieldRef?: { readonly fieldPath: string };
  readonly resourceFieldRef?: { readonly resource: string };
}

function itemLines({ path, fieldRef, resourceFieldRef }: DownwardItem): string[] {
  const from = [fieldRef?.fieldPath, resourceFieldRef?.resource].filter((one) => one !== undefined);
  return from.map((one) => `  ${one} -> ${path}`);
}

interface Referred {
  readonly name?: string;
  readonly optional?: boolean;
}

interface ProjectedSource {
  readonly secret?: Referred;
  readonly configMap?: Referred;
  readonly downwardAPI?: unknown;
  readonly serviceAccountToken?: { readonly expirationSeconds?: number };
}

function projectedLines({ secret, downwardAPI, configMap, serviceAccountToken }: ProjectedSource): string[] {
  const lines = (title: string, { name = "", optional = false }: Referred): string[] => [
    `${title}:\t${name}`,
    `Optional:\t${optional}`,
  ];
  if (secret !== undefined) return lines("SecretName", secret);
  if (downwardAPI !== undefined) return ["DownwardAPI:\ttrue"];
  if (configMap !== undefined) return lines("ConfigMapName", configMap);
  if (serviceAccountToken === undefined) return [];
  return [`TokenExpirationSeconds:\t${serviceAccountToken.expirationSeconds ?? 3600}`];
}

/** @throws CommandError for a source whose description is not modelled */
export function describeVolumes(
  volumes: readonly DescribedVolume[] | undefined,
  writer: DescribeWriter,
  indent: "" | "  ",
): void {
  if (!volumes?.length) {
    writer.line(`${indent}Volumes:\t<none>`);
    return;
  }
  writer.line(`${indent}Volumes:`);
  for (const volume of volumes) {
    writer.line(`${indent === "" ? "" : " "}${volume.name}:`, 1);
    const [kind] = Object.keys(volume).filter((key) => key !== "name");
    if (kind === undefined) {
      writer.line("<unknown>", 1);
      continue;
    }
    const tell = sources[kind];
    if (tell === undefined) {
      throw failure(`describing volumes of ${kind} is not modelled; known are: ${Object.keys(sources).join(", ")}`);
    }
    for (const line of tell(volume[kind] as Source)) writer.line(line, 2);
  }
}
