import { type FieldError, forbidden, invalid, notFound, notSupported, required } from "../validate/field-error.ts";
import { descendingPath, noBacksteps } from "./file-paths.ts";
import type { FullContainer, VolumeMount } from "./pod-fields.ts";
import type { KnownVolumes } from "./validate-volumes.ts";

/** What a container mounts, and the devices that it uses (ValidateVolumeMounts, ValidateVolumeDevices). */
export function validateMounts(container: FullContainer, volumes: KnownVolumes, path: string): FieldError[] {
  return [...mountErrors(container, volumes, path), ...deviceErrors(container, volumes, path)];
}

function mountErrors(container: FullContainer, volumes: KnownVolumes, containerPath: string): FieldError[] {
  const { volumeMounts = [], volumeDevices = [] } = container;
  const path = `${containerPath}.volumeMounts`;
  const taken = new Set<string>();
  return volumeMounts.flatMap((mount, i) => {
    const at = `${path}[${i}]`;
    const { name = "", mountPath = "" } = mount;
    const errors: FieldError[] = [];
    if (name === "") errors.push(required(`${at}.name`));
    if (!volumes.has(name)) errors.push(notFound(`${at}.name`, name));
    if (mountPath === "") errors.push(required(`${at}.mountPath`));
    if (taken.has(mountPath)) errors.push(invalid(`${at}.mountPath`, mountPath, "must be unique"));
    taken.add(mountPath);
    if (volumeDevices.some((device) => (device.name ?? "") === name)) {
      errors.push(invalid(`${at}.name`, name, "must not already exist in volumeDevices"));
    }
    if (volumeDevices.some((device) => (device.devicePath ?? "") === mountPath)) {
      errors.push(invalid(`${at}.mountPath`, mountPath, "must not already exist as a path in volumeDevices"));
    }
    return [...errors, ...subPathErrors(mount, path, at), ...sharingErrors(mount, isPrivileged(container), path)];
  });
}

function isPrivileged({ securityContext }: FullContainer): boolean {
  return securityContext?.privileged === true;
}

/** Most of these errors name the list, not the mount. */
function subPathErrors({ subPath, subPathExpr }: VolumeMount, path: string, mount: string): FieldError[] {
  const errors = subPath ? descendingPath(subPath, `${path}.subPath`) : [];
  if (!subPathExpr) return errors;
  if (subPath) {
    errors.push(invalid(`${mount}.subPathExpr`, subPathExpr, "subPathExpr and subPath are mutually exclusive"));
  }
  return [...errors, ...descendingPath(subPathExpr, `${path}.subPathExpr`)];
}

const propagations = ["Bidirectional", "HostToContainer", "None"];
const recursive = ["Disabled", "Enabled", "IfPossible"];

function sharingErrors(mount: VolumeMount, privileged: boolean, path: string): FieldError[] {
  const { mountPropagation: propagation, recursiveReadOnly } = mount;
  const errors: FieldError[] = [];
  if (propagation !== undefined && !propagations.includes(propagation)) {
    errors.push(notSupported(`${path}.mountPropagation`, propagation, propagations));
  }
  if (propagation === "Bidirectional" && !privileged) {
    const detail = "Bidirectional mount propagation is available only to privileged containers";
    errors.push(forbidden(`${path}.mountPropagation`, detail));
  }
  if (recursiveReadOnly === undefined || recursiveReadOnly === "Disabled") return errors;
  const at = `${path}.recursiveReadOnly`;
  if (!recursive.includes(recursiveReadOnly)) return [...errors, notSupported(at, recursiveReadOnly, recursive)];
  if (mount.readOnly !== true) errors.push(forbidden(at, "may only be specified when readOnly is true"));
  if (propagation !== undefined && propagation !== "None") {
    errors.push(forbidden(at, "may only be specified when mountPropagation is None or not specified"));
  }
  return errors;
}

function deviceErrors(container: FullContainer, volumes: KnownVolumes, containerPath: string): FieldError[] {
  const { volumeMounts = [], volumeDevices = [] } = container;
  const names = new Set<string>();
  const paths = new Set<string>();
  return volumeDevices.flatMap(({ name = "", devicePath = "" }, i) => {
    const at = `${containerPath}.volumeDevices[${i}]`;
    const errors: FieldError[] = [];
    const volume = volumes.get(name);
    if (name === "") errors.push(required(`${at}.name`));
    if (names.has(name)) errors.push(invalid(`${at}.name`, name, "must be unique"));
    if (volume !== undefined && volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined) {
      const detail = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";
      errors.push(invalid(`${at}.name`, name, detail));
    }
    if (volume === undefined) errors.push(notFound(`${at}.name`, name));
    if (devicePath === "") errors.push(required(`${at}.devicePath`));
    if (paths.has(devicePath)) errors.push(invalid(`${at}.devicePath`, devicePath, "must be unique"));
    if (noBacksteps(devicePath, at).length > 0) {
      errors.push(invalid(`${at}.devicePath`, devicePath, "can not contain backsteps ('..')"));
    } else paths.add(devicePath);
    if (volumeMounts.some((mount) => (mount.name ?? "") === name)) {
      errors.push(invalid(`${at}.name`, name, "must not already exist in volumeMounts"));
    }
    if (volumeMounts.some((mount) => (mount.mountPath ?? "") === devicePath)) {
      errors.push(invalid(`${at}.devicePath`, devicePath, "must not already exist as a path in volumeMounts"));
    }
    if (name !== "") names.add(name);
    return errors;
  });
}
