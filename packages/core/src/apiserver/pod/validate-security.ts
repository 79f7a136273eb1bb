import {
  duplicate,
  type FieldError,
  invalid,
  notSupported,
  optionalOneOf,
  required,
  tooLong,
} from "../validate/field-error.ts";
import { descendingPath, idRange } from "./file-paths.ts";
import type { FullPodSpec, PodSecurityContext, Profile, SecurityContext } from "./pod-fields.ts";

/** What a container may do (ValidateSecurityContext). Privileged ones are allowed, as in a cluster of kubeadm's. */
export function validateSecurityContext(context: SecurityContext, hostUsers: boolean, path: string): FieldError[] {
  const { procMount } = context;
  const errors = [
    ...idRange(context.runAsUser, `${path}.runAsUser`),
    ...idRange(context.runAsGroup, `${path}.runAsGroup`),
    ...optionalOneOf(`${path}.procMount`, procMount, ["Default", "Unmasked"]),
  ];
  if (hostUsers && procMount === "Unmasked") {
    errors.push(invalid(`${path}.procMount`, procMount, "`hostUsers` must be false to use `Unmasked`"));
  }
  return [
    ...errors,
    ...seccompErrors(context.seccompProfile, `${path}.seccompProfile`),
    ...escalationErrors(context, path),
    ...appArmorErrors(context.appArmorProfile, `${path}.appArmorProfile`),
  ];
}

function escalationErrors(context: SecurityContext, path: string): FieldError[] {
  if (context.allowPrivilegeEscalation !== false) return [];
  const rule = "cannot set `allowPrivilegeEscalation` to false and";
  const errors =
    context.privileged === true ? [invalid(path, goContext(context), `${rule} \`privileged\` to true`)] : [];
  const powers = (context.capabilities?.add ?? []).filter((one) => one === "CAP_SYS_ADMIN");
  return [
    ...errors,
    ...powers.map(() => invalid(path, goContext(context), `${rule} \`capabilities.Add\` CAP_SYS_ADMIN`)),
  ];
}

/** As the API server's own type has it, whose fields no JSON names are given to. */
function goContext(context: SecurityContext): Readonly<Record<string, unknown>> {
  const { capabilities, seLinuxOptions, seccompProfile, appArmorProfile } = context;
  return {
    Capabilities: capabilities ? { Add: capabilities.add ?? null, Drop: capabilities.drop ?? null } : null,
    Privileged: context.privileged ?? null,
    SELinuxOptions: seLinuxOptions ? goOptions(seLinuxOptions) : null,
    WindowsOptions: null,
    RunAsUser: context.runAsUser ?? null,
    RunAsGroup: context.runAsGroup ?? null,
    RunAsNonRoot: context.runAsNonRoot ?? null,
    ReadOnlyRootFilesystem: context.readOnlyRootFilesystem ?? null,
    AllowPrivilegeEscalation: context.allowPrivilegeEscalation ?? null,
    ProcMount: context.procMount ?? null,
    SeccompProfile: seccompProfile ? goProfile(seccompProfile) : null,
    AppArmorProfile: appArmorProfile ? goProfile(appArmorProfile) : null,
  };
}

function goOptions({
  user = "",
  role = "",
  type = "",
  level = "",
}: NonNullable<SecurityContext["seLinuxOptions"]>): object {
  return { User: user, Role: role, Type: type, Level: level };
}

function goProfile({ type = "", localhostProfile }: Profile): object {
  return { Type: type, LocalhostProfile: localhostProfile ?? null };
}

/** What all containers of a Pod may do (validatePodSpecSecurityContext). */
export function validatePodSecurityContext(spec: FullPodSpec, path: string): FieldError[] {
  const context = spec.securityContext;
  if (context === undefined) return [];
  return [
    ...idRange(context.fsGroup, `${path}.fsGroup`),
    ...idRange(context.runAsUser, `${path}.runAsUser`),
    ...idRange(context.runAsGroup, `${path}.runAsGroup`),
    ...(context.supplementalGroups ?? []).flatMap((group, i) => idRange(group, `${path}.supplementalGroups[${i}]`)),
    ...sysctlErrors(context.sysctls ?? [], spec, `${path}.sysctls`),
    ...optionalOneOf(`${path}.fsGroupChangePolicy`, context.fsGroupChangePolicy, ["Always", "OnRootMismatch"]),
    ...seccompErrors(context.seccompProfile, `${path}.seccompProfile`),
    ...appArmorErrors(context.appArmorProfile, `${path}.appArmorProfile`),
    ...optionalOneOf(`${path}.supplementalGroupsPolicy`, context.supplementalGroupsPolicy, ["Merge", "Strict"]),
    ...optionalOneOf(`${path}.seLinuxChangePolicy`, context.seLinuxChangePolicy, ["MountOption", "Recursive"]),
  ];
}

const sysctlPart = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const sysctlName = `^(${sysctlPart}[\\./])*${sysctlPart}$`;
const sysctlPattern = new RegExp(sysctlName);
const maxSysctlLength = 253;

type Sysctls = NonNullable<PodSecurityContext["sysctls"]>;

function sysctlErrors(sysctls: Sysctls, spec: FullPodSpec, path: string): FieldError[] {
  const seen = new Set<string>();
  return sysctls.flatMap(({ name = "" }, i) => {
    const at = `${path}[${i}].name`;
    const errors: FieldError[] = [];
    if (name === "") errors.push(required(at));
    else if (name.length > maxSysctlLength || !sysctlPattern.test(name)) {
      const detail = `must have at most ${maxSysctlLength} characters and match regex ${sysctlName}`;
      errors.push(invalid(at, name, detail));
    } else if (seen.has(name)) errors.push(duplicate(at, name));
    seen.add(name);
    if (spec.hostNetwork === true && /^net[./]/.test(name)) {
      errors.push(invalid(at, name, "may not be specified when 'hostNetwork' is true"));
    } else if (spec.hostIPC === true && /^(kernel[./](shm|msg|sem)|fs[./]mqueue[./])/.test(name)) {
      errors.push(invalid(at, name, "may not be specified when 'hostIPC' is true"));
    }
    return errors;
  });
}

const profileTypes = ["Localhost", "RuntimeDefault", "Unconfined"];

function seccompErrors(profile: Profile | undefined, path: string): FieldError[] {
  if (profile === undefined) return [];
  const errors = typeErrors(profile.type, "seccompProfile", path);
  const at = `${path}.localhostProfile`;
  const { localhostProfile: file } = profile;
  if (profile.type === "Localhost") {
    if (file === undefined) return [...errors, required(at, "must be set when seccomp type is Localhost")];
    return [...errors, ...descendingPath(file, at)];
  }
  return file === undefined
    ? errors
    : [...errors, invalid(at, goProfile(profile), "can only be set when seccomp type is Localhost")];
}

const maxProfileLength = 4095;

function appArmorErrors(profile: Profile | undefined, path: string): FieldError[] {
  if (profile === undefined) return [];
  const at = `${path}.localhostProfile`;
  const { type, localhostProfile: file } = profile;
  if (type !== "Localhost") {
    const errors = typeErrors(type, "appArmorProfile", path);
    return errors.length > 0 || file === undefined
      ? errors
      : [invalid(at, file, "can only be set when AppArmor type is Localhost")];
  }
  if (file === undefined) return [required(at, "must be set when AppArmor type is Localhost")];
  const errors: FieldError[] = [];
  if (file.trim() !== file) errors.push(invalid(at, file, "must not be padded with whitespace"));
  else if (file === "") errors.push(required(at, "must be set when AppArmor type is Localhost"));
  if (file.length > maxProfileLength) errors.push(tooLong(at, `may not be more than ${maxProfileLength} bytes`));
  return errors;
}

function typeErrors(type: string | undefined, field: string, path: string): FieldError[] {
  if (!type) return [required(`${path}.type`, `type is required when ${field} is set`)];
  return profileTypes.includes(type) ? [] : [notSupported(`${path}.type`, type, profileTypes)];
}
