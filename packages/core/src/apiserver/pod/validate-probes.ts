import {
  type FieldError,
  forbidden,
  invalid,
  invalidEach,
  notNegative,
  notSupported,
  required,
} from "../validate/field-error.ts";
import { portName, portNumber } from "../validate/names.ts";
import type { FullContainer, Handler, Probe } from "./pod-fields.ts";

/** The probes of a container that stays. */
export function validateProbes(container: FullContainer, graceSeconds: number | undefined, path: string): FieldError[] {
  const { livenessProbe, readinessProbe, startupProbe } = container as Readonly<
    Record<"livenessProbe" | "readinessProbe" | "startupProbe", Probe | undefined>
  >;
  return [
    ...restartingProbe(livenessProbe, graceSeconds, `${path}.livenessProbe`),
    ...readiness(readinessProbe, graceSeconds, `${path}.readinessProbe`),
    ...restartingProbe(startupProbe, graceSeconds, `${path}.startupProbe`),
  ];
}

/** One success is enough where a failure restarts the container. */
function restartingProbe(probe: Probe | undefined, graceSeconds: number | undefined, path: string): FieldError[] {
  if (probe === undefined) return [];
  const errors = probeErrors(probe, graceSeconds, path);
  if (probe.successThreshold !== 1) {
    errors.push(invalid(`${path}.successThreshold`, probe.successThreshold ?? 0, "must be 1"));
  }
  return errors;
}

function readiness(probe: Probe | undefined, graceSeconds: number | undefined, path: string): FieldError[] {
  if (probe === undefined) return [];
  const errors = probeErrors(probe, graceSeconds, path);
  const { terminationGracePeriodSeconds: seconds } = probe;
  if (seconds !== undefined) {
    errors.push(invalid(`${path}.terminationGracePeriodSeconds`, seconds, "must not be set for readinessProbes"));
  }
  return errors;
}

const counts = [
  "initialDelaySeconds",
  "timeoutSeconds",
  "periodSeconds",
  "successThreshold",
  "failureThreshold",
] as const;

function probeErrors(probe: Probe, graceSeconds: number | undefined, path: string): FieldError[] {
  const errors = handlerErrors({ ...probe, sleep: undefined }, graceSeconds, path);
  errors.push(...counts.flatMap((field) => notNegative(`${path}.${field}`, probe[field])));
  const { terminationGracePeriodSeconds: seconds } = probe;
  if (seconds !== undefined && seconds <= 0) {
    errors.push(invalid(`${path}.terminationGracePeriodSeconds`, seconds, "must be greater than 0"));
  }
  return errors;
}

type Hooks = { readonly postStart?: Handler; readonly preStop?: Handler; readonly stopSignal?: string };

/** What runs after a container's start and before its end. */
export function validateLifecycle(
  container: FullContainer,
  graceSeconds: number | undefined,
  osName: string | undefined,
  path: string,
): FieldError[] {
  const { postStart, preStop, stopSignal } = (container.lifecycle ?? {}) as Hooks;
  const errors: FieldError[] = [];
  if (postStart !== undefined) {
    errors.push(...handlerErrors({ ...postStart, grpc: undefined }, graceSeconds, `${path}.lifecycle.postStart`));
  }
  if (preStop !== undefined) {
    errors.push(...handlerErrors({ ...preStop, grpc: undefined }, graceSeconds, `${path}.lifecycle.preStop`));
  }
  if (stopSignal !== undefined && !osName) {
    const detail = "may not be set for containers with empty `spec.os.name`";
    errors.push(forbidden(`${path}.lifecycle.stopSignal`, detail));
  }
  return errors;
}

type Given = { readonly [K in keyof Handler]: Handler[K] | undefined };

/** A handler does one thing (validateHandler). */
function handlerErrors(handler: Given, graceSeconds: number | undefined, path: string): FieldError[] {
  const { exec, httpGet, tcpSocket, grpc, sleep } = handler;
  const actions: [string, FieldError[] | undefined][] = [
    ["exec", exec && (exec.command?.length ? [] : [required(`${path}.exec.command`)])],
    ["httpGet", httpGet && httpErrors(httpGet, `${path}.httpGet`)],
    ["tcpSocket", tcpSocket && validatePort(tcpSocket.port, `${path}.tcpSocket.port`)],
    ["grpc", grpc && validatePort(grpc.port, `${path}.grpc.port`)],
    ["sleep", sleep && sleepErrors(sleep.seconds ?? 0, graceSeconds, `${path}.sleep`)],
  ];
  const given = actions.filter(([, errors]) => errors !== undefined);
  if (given.length === 0) return [required(path, "must specify a handler type")];
  return given.flatMap(([field, errors], i) =>
    i === 0 ? errors! : [forbidden(`${path}.${field}`, "may not specify more than 1 handler type")],
  );
}

function httpErrors(action: NonNullable<Handler["httpGet"]>, path: string): FieldError[] {
  const schemes = ["HTTP", "HTTPS"];
  const errors = action.path ? [] : [required(`${path}.path`)];
  errors.push(...validatePort(action.port, `${path}.port`));
  if (!schemes.includes(action.scheme ?? "")) {
    errors.push(notSupported(`${path}.scheme`, action.scheme ?? "", schemes));
  }
  for (const { name = "" } of action.httpHeaders ?? []) {
    if (/^[-A-Za-z0-9]+$/.test(name)) continue;
    const rule = "a valid HTTP header must consist of alphanumeric characters or '-'";
    const detail = `${rule} (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')`;
    errors.push(invalid(`${path}.httpHeaders`, name, detail));
  }
  return errors;
}

/** A port by its number or by its name (ValidatePortNumOrName). */
function validatePort(port: number | string | undefined, path: string): FieldError[] {
  if (typeof port === "string") return invalidEach(path, port, portName(port));
  return invalidEach(path, port ?? 0, portNumber(port ?? 0));
}

function sleepErrors(seconds: number, graceSeconds: number | undefined, path: string): FieldError[] {
  if (graceSeconds === undefined || (seconds >= 0 && seconds <= graceSeconds)) return [];
  const detail = `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`;
  return [invalid(path, seconds, detail)];
}
