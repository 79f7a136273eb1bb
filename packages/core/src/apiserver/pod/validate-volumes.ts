import { parseQuantity } from "../decode/quantity.ts";
import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  invalidEach,
  optionalOneOf,
  required,
  tooLong,
} from "../validate/field-error.ts";
import { dnsLabel, dnsSubdomain } from "../validate/names.ts";
import { fileMode, idRange, keyToPath, noBacksteps } from "./file-paths.ts";
import type { Projection, Volume, VolumeSources } from "./pod-fields.ts";
import { pullPolicy } from "./pull-policy.ts";
import { validateDownwardFile, validateProjected } from "./validate-projected.ts";

/** Those that are well, by their names: what containers may mount. */
export type KnownVolumes = ReadonlyMap<string, Volume>;

/** @param podName whose claims the volumes make; undefined for a template */
export function validateVolumes(
  volumes: readonly Volume[],
  podName: string | undefined,
  path: string,
): { known: KnownVolumes; errors: FieldError[] } {
  const known = new Map<string, Volume>();
  const errors: FieldError[] = [];
  const made = new Set(
    podName ? volumes.filter(({ ephemeral }) => ephemeral).map(({ name }) => `${podName}-${name}`) : [],
  );
  for (const [i, volume] of volumes.entries()) {
    const at = `${path}[${i}]`;
    const found = [...validateSources(volume, podName, at), ...nameErrors(volume.name ?? "", known, `${at}.name`)];
    errors.push(...found);
    if (found.length === 0) known.set(volume.name!, volume);
    const claim = volume.persistentVolumeClaim?.claimName ?? "";
    if (volume.persistentVolumeClaim === undefined || !made.has(claim)) continue;
    const detail = "must not reference a PVC that gets created for an ephemeral volume";
    errors.push(invalid(`${at}.persistentVolumeClaim.claimName`, claim, detail));
  }
  return { known, errors };
}

function nameErrors(name: string, known: KnownVolumes, path: string): FieldError[] {
  const errors = name === "" ? [required(path)] : invalidEach(path, name, dnsLabel(name));
  return known.has(name) ? [...errors, duplicate(path, name)] : errors;
}

/** Each source by its field, in the API server's order; of those without a check any value is taken. */
const sources: { readonly [field: string]: ((volume: Volume, path: string) => FieldError[]) | undefined } = {
  emptyDir: ({ emptyDir }, path) => emptyDirErrors(emptyDir!, path),
  hostPath: ({ hostPath }, path) => hostPathErrors(hostPath!, path),
  gitRepo: undefined,
  gcePersistentDisk: undefined,
  awsElasticBlockStore: undefined,
  secret: ({ secret }, path) => projection(secret!, secret!.secretName, path, "secretName"),
  nfs: ({ nfs }, path) => nfsErrors(nfs!, path),
  iscsi: undefined,
  glusterfs: undefined,
  flocker: undefined,
  persistentVolumeClaim: ({ persistentVolumeClaim: claim }, path) =>
    claim!.claimName ? [] : [required(`${path}.claimName`)],
  rbd: undefined,
  cinder: undefined,
  cephfs: undefined,
  quobyte: undefined,
  downwardAPI: ({ downwardAPI }, path) => downwardErrors(downwardAPI!, path),
  fc: undefined,
  flexVolume: undefined,
  configMap: ({ configMap }, path) => projection(configMap!, configMap!.name, path, "name"),
  azureFile: undefined,
  vsphereVolume: undefined,
  photonPersistentDisk: undefined,
  portworxVolume: undefined,
  azureDisk: undefined,
  storageos: undefined,
  projected: ({ projected }, path) => validateProjected(projected!, path),
  scaleIO: undefined,
  csi: ({ csi }, path) => csiErrors(csi!, path),
  ephemeral: ({ ephemeral }, path) => (ephemeral!.volumeClaimTemplate ? [] : [required(`${path}.volumeClaimTemplate`)]),
  image: ({ image }, path) => [
    ...(image!.reference ? [] : [required(`${path}.reference`)]),
    ...pullPolicy(image!.pullPolicy, `${path}.pullPolicy`),
  ],
};

/** A volume has one source (validateVolumeSource). */
function validateSources(volume: Volume, podName: string | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  let count = 0;
  for (const [field, check] of Object.entries(sources)) {
    if ((volume as Readonly<Record<string, unknown>>)[field] === undefined) continue;
    if (count++ > 0) errors.push(forbidden(`${path}.${field}`, "may not specify more than 1 volume type"));
    else if (check !== undefined) errors.push(...check(volume, `${path}.${field}`));
  }
  if (count === 0) errors.push(required(path, "must specify a volume type"));
  if (volume.ephemeral === undefined || !podName || !volume.name) return errors;
  const claim = `${podName}-${volume.name}`;
  const complaints = dnsSubdomain(claim).map((text) => `PVC name ${JSON.stringify(claim)}: ${text}`);
  return [...errors, ...invalidEach(`${path}.name`, volume.name, complaints)];
}

function emptyDirErrors({ sizeLimit, mode }: NonNullable<VolumeSources["emptyDir"]>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (sizeLimit !== undefined && parseQuantity(sizeLimit).nano < 0n) {
    errors.push(forbidden(`${path}.sizeLimit`, "SizeLimit field must be a valid resource quantity"));
  }
  if (mode !== undefined && (mode < 0 || mode > 0o1777)) {
    errors.push(invalid(`${path}.mode`, mode, "must be a number between 0 and 01777 (octal), both inclusive"));
  }
  return errors;
}

const hostPathTypes = [
  "",
  "BlockDevice",
  "CharDevice",
  "Directory",
  "DirectoryOrCreate",
  "File",
  "FileOrCreate",
  "Socket",
];

function hostPathErrors({ path: given, type }: NonNullable<VolumeSources["hostPath"]>, path: string): FieldError[] {
  if (!given) return [required(`${path}.path`)];
  return [...noBacksteps(given, `${path}.path`), ...optionalOneOf(`${path}.type`, type, hostPathTypes)];
}

function nfsErrors({ server, path: given = "" }: NonNullable<VolumeSources["nfs"]>, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!server) errors.push(required(`${path}.server`));
  if (given === "") errors.push(required(`${path}.path`));
  if (!given.startsWith("/")) errors.push(invalid(`${path}.path`, given, "must be an absolute path"));
  return errors;
}

/** A Secret's or a ConfigMap's entries as files. */
function projection(source: Projection, name: string | undefined, path: string, nameField: string): FieldError[] {
  return [
    ...(name ? [] : [required(`${path}.${nameField}`)]),
    ...fileMode(source.defaultMode, `${path}.defaultMode`),
    ...idRange(source.defaultUser, `${path}.defaultUser`),
    ...(source.items ?? []).flatMap((item, i) => keyToPath(item, `${path}.items[${i}]`)),
  ];
}

function downwardErrors(source: NonNullable<VolumeSources["downwardAPI"]>, path: string): FieldError[] {
  return [
    ...fileMode(source.defaultMode, `${path}.defaultMode`),
    ...idRange(source.defaultUser, `${path}.defaultUser`),
    ...(source.items ?? []).flatMap((file) => validateDownwardFile(file, path)),
  ];
}

function csiErrors({ driver, nodePublishSecretRef }: NonNullable<VolumeSources["csi"]>, path: string): FieldError[] {
  const errors = driver ? driverErrors(driver, `${path}.driver`) : [required(`${path}.driver`)];
  if (nodePublishSecretRef === undefined) return errors;
  const { name } = nodePublishSecretRef;
  if (!name) return [...errors, required(`${path}.nodePublishSecretRef.name`)];
  return [...errors, ...invalidEach(`${path}.name`, name, dnsSubdomain(name))];
}

function driverErrors(driver: string, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (driver.length > 63) errors.push(tooLong(path, "may not be more than 63 bytes"));
  return [...errors, ...invalidEach(path, driver, dnsSubdomain(driver.toLowerCase()))];
}
