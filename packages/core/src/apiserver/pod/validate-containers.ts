import type { ContainerPort } from "../../model/pod.ts";
import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  invalidEach,
  notSupported,
  required,
  requiredOneOf,
  tooMany,
} from "../validate/field-error.ts";
import { dnsLabel, portName, portNumber } from "../validate/names.ts";
import type { FullContainer, FullPodSpec, RestartRule } from "./pod-fields.ts";
import { pullPolicy } from "./pull-policy.ts";
import { validateEnv, validateEnvFrom } from "./validate-env.ts";
import { validateMounts } from "./validate-mounts.ts";
import { validateLifecycle, validateProbes } from "./validate-probes.ts";
import { validateResources } from "./validate-resources.ts";
import { validateSecurityContext } from "./validate-security.ts";
import type { KnownVolumes } from "./validate-volumes.ts";

/** What containers are judged by beside themselves. */
export interface Surroundings {
  readonly spec: FullPodSpec;
  readonly volumes: KnownVolumes;
  readonly claimNames: ReadonlySet<string>;
}

/** Those that a Pod is made of (validateContainers). */
export function validateContainers(around: Surroundings, path: string): FieldError[] {
  const { containers, terminationGracePeriodSeconds: graceSeconds, os } = around.spec;
  if (containers.length === 0) return [required(path)];
  const names = new Set<string>();
  const errors = containers.flatMap((container, i) => {
    const at = `${path}[${i}]`;
    const { name = "" } = container;
    const isTwice = names.has(name);
    names.add(name);
    return [
      ...containerErrors(container, around, at),
      ...(isTwice ? [duplicate(`${at}.name`, name)] : []),
      ...validateLifecycle(container, graceSeconds, os?.name, at),
      ...validateProbes(container, graceSeconds, at),
      ...restartErrors(container, at),
    ];
  });
  return [...errors, ...hostPortConflicts(containers, path)];
}

/** Those that run before the others, one by one (validateInitContainers). */
export function validateInitContainers(around: Surroundings, path: string): FieldError[] {
  const { containers, initContainers = [], terminationGracePeriodSeconds: graceSeconds, os } = around.spec;
  const names = new Set(containers.map(({ name }) => name ?? ""));
  return initContainers.flatMap((container, i) => {
    const at = `${path}[${i}]`;
    const { name = "" } = container;
    const errors = [...containerErrors(container, around, at), ...restartErrors(container, at)];
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    else if (name !== "") names.add(name);
    // The path of the first stands for all of them here.
    errors.push(...hostPortConflicts([container], path));
    const stays = container.restartPolicy === "Always";
    if (!stays) return [...errors, ...onlyForThoseThatStay(container, at)];
    return [
      ...errors,
      ...validateLifecycle(container, graceSeconds, os?.name, at),
      ...validateProbes(container, graceSeconds, at),
    ];
  });
}

function onlyForThoseThatStay(container: FullContainer, path: string): FieldError[] {
  const errors = (["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] as const)
    .filter((field) => container[field] !== undefined)
    .map((field) => forbidden(`${path}.${field}`, "may not be set for init containers without restartPolicy=Always"));
  for (const [i, { restartPolicy }] of (container.resizePolicy ?? []).entries()) {
    if (restartPolicy !== "RestartContainer") continue;
    const detail = "must not be set to 'RestartContainer' for non-sidecar initContainers";
    errors.push(invalid(`${path}.resizePolicy[${i}].restartPolicy`, restartPolicy, detail));
  }
  return errors;
}

/** What holds for every container (validateContainerCommon). */
function containerErrors(container: FullContainer, around: Surroundings, path: string): FieldError[] {
  const { name, terminationMessagePolicy, securityContext } = container;
  const { spec, volumes, claimNames } = around;
  const messagePolicies = ["File", "FallbackToLogsOnError"];
  const hostUsers = spec.hostUsers !== false;
  return [
    ...(name ? invalidEach(`${path}.name`, name, dnsLabel(name)) : [required(`${path}.name`)]),
    ...(container.image ? [] : [required(`${path}.image`)]),
    ...requiredOneOf(`${path}.terminationMessagePolicy`, terminationMessagePolicy, messagePolicies),
    ...portErrors(container.ports ?? [], `${path}.ports`),
    ...validateEnv(container.env ?? [], `${path}.env`),
    ...validateEnvFrom(container.envFrom ?? [], `${path}.envFrom`),
    ...validateMounts(container, volumes, path),
    ...pullPolicy(container.imagePullPolicy, `${path}.imagePullPolicy`),
    ...validateResources(container.resources ?? {}, claimNames, `${path}.resources`),
    ...resizeErrors(container, spec.restartPolicy, `${path}.resizePolicy`),
    ...(securityContext ? validateSecurityContext(securityContext, hostUsers, `${path}.securityContext`) : []),
  ];
}

function portErrors(ports: readonly ContainerPort[], path: string): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap(({ name, containerPort, hostPort, protocol }, i) => {
    const at = `${path}[${i}]`;
    const errors: FieldError[] = [];
    if (name) {
      const complaints = portName(name);
      errors.push(...invalidEach(`${at}.name`, name, complaints));
      if (complaints.length === 0 && names.has(name)) errors.push(duplicate(`${at}.name`, name));
      if (complaints.length === 0) names.add(name);
    }
    if (!containerPort) errors.push(required(`${at}.containerPort`));
    else errors.push(...invalidEach(`${at}.containerPort`, containerPort, portNumber(containerPort)));
    if (hostPort) errors.push(...invalidEach(`${at}.hostPort`, hostPort, portNumber(hostPort)));
    return [...errors, ...requiredOneOf(`${at}.protocol`, protocol, ["SCTP", "TCP", "UDP"])];
  });
}

/** A node has each port once (checkHostPortConflicts). */
function hostPortConflicts(containers: readonly FullContainer[], path: string): FieldError[] {
  const taken = new Set<string>();
  return containers.flatMap(({ ports = [] }, i) =>
    ports.flatMap(({ hostPort, hostIP = "", protocol = "" }, j) => {
      if (!hostPort) return [];
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (taken.has(key)) return [duplicate(`${path}[${i}].ports[${j}].hostPort`, key)];
      taken.add(key);
      return [];
    }),
  );
}

function resizeErrors(container: FullContainer, restartPolicy: string | undefined, path: string): FieldError[] {
  const seen = new Set<string>();
  return (container.resizePolicy ?? []).flatMap((policy, i) => {
    const errors: FieldError[] = [];
    const { resourceName = "" } = policy;
    if (seen.has(resourceName)) errors.push(duplicate(`${path}[${i}]`, resourceName));
    seen.add(resourceName);
    errors.push(...requiredOneOf(path, resourceName, ["cpu", "memory"]));
    errors.push(...requiredOneOf(path, policy.restartPolicy, ["NotRequired", "RestartContainer"]));
    if (restartPolicy === "Never" && policy.restartPolicy !== "NotRequired") {
      const detail = "must be 'NotRequired' when pod `restartPolicy` is 'Never'";
      errors.push(invalid(path, policy.restartPolicy ?? "", detail));
    }
    return errors;
  });
}

const restartPolicies = ["Always", "Never", "OnFailure"];
const maxRules = 20;
const maxExitCodes = 255;

/** When one container is started again (validateContainerRestartPolicy). */
function restartErrors({ restartPolicy, restartPolicyRules: rules = [] }: FullContainer, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const at = `${path}.restartPolicy`;
  if (restartPolicy === undefined) {
    if (rules.length === 0) return [];
    errors.push(required(at, "must specify restartPolicy when restart rules are used"));
  } else if (!restartPolicies.includes(restartPolicy)) errors.push(notSupported(at, restartPolicy, restartPolicies));
  if (rules.length > maxRules) errors.push(tooMany(`${path}.restartPolicyRules`, rules.length, maxRules));
  return [...errors, ...rules.flatMap((rule, i) => ruleErrors(rule, `${path}.restartPolicyRules[${i}]`))];
}

function ruleErrors({ action = "", exitCodes }: RestartRule, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const actions = ["Restart", "RestartAllContainers"];
  if (!actions.includes(action)) errors.push(notSupported(`${path}.action`, action, actions));
  if (exitCodes === undefined) return [...errors, required(`${path}.exitCodes`, "must be specified")];
  const { operator = "", values = [] } = exitCodes;
  const operators = ["In", "NotIn"];
  if (!operators.includes(operator)) errors.push(notSupported(`${path}.exitCodes.operator`, operator, operators));
  if (values.length > maxExitCodes) errors.push(tooMany(`${path}.exitCodes.values`, values.length, maxExitCodes));
  return errors;
}
