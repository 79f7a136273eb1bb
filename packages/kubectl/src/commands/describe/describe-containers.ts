import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { describeEnv, type FieldResolver } from "./describe-env.ts";
import type { DescribeWriter } from "./describe-writer.ts";
import type {
  Amounts,
  ContainerState,
  ContainerStatus,
  DescribedContainer,
  Probe,
  Resources,
  SeccompProfile,
} from "./described.ts";
import { rfc1123 } from "./times.ts";

export interface ContainerOptions {
  /** `Init Containers`. */
  readonly title: string;
  /** Before the title; two blanks inside of a template. */
  readonly indent: "" | "  ";
  readonly statuses?: readonly ContainerStatus[];
  /** Gives the fields of the Pod itself. */
  readonly resolve?: FieldResolver;
}

/** kubectl pkg/describe, describeContainers. */
export function describeContainers(
  containers: readonly DescribedContainer[],
  writer: DescribeWriter,
  { title, indent, statuses = [], resolve }: ContainerOptions,
): void {
  writer.line(`${indent}${title}:${containers.length === 0 ? " <none>" : ""}`);
  for (const container of containers) {
    const status = statuses.findLast(({ name }) => name === container.name);
    writer.line(`${indent === "" ? "" : " "}${container.name}:`, 1);
    describeBasics(container, status, writer);
    describeWords("Command", container.command, writer);
    describeWords("Args", container.args, writer);
    if (status !== undefined) describeStatus(status, writer);
    describeResources(container.resources, writer, 2);
    for (const [name, probe] of probesOf(container)) writer.line(`${name}:\t${probeText(probe)}`, 2);
    describeEnv(container, resolve, writer);
    describeMounts(container, writer);
  }
}

function describeBasics(container: DescribedContainer, status: ContainerStatus | undefined, writer: DescribeWriter) {
  const { image = "", ports = [], securityContext } = container;
  if (status !== undefined) writer.line(`Container ID:\t${status.containerID ?? ""}`, 2);
  writer.line(`Image:\t${image}`, 2);
  if (status !== undefined) writer.line(`Image ID:\t${status.imageID ?? ""}`, 2);
  const portsText = (pick: (port: (typeof ports)[number]) => number): string =>
    ports.map((port) => `${pick(port)}/${port.protocol ?? ""}${port.name ? ` (${port.name})` : ""}`).join(", ");
  const plural = ports.length > 1 ? "s" : "";
  writer.line(`Port${plural}:\t${portsText(({ containerPort }) => containerPort) || "<none>"}`, 2);
  writer.line(`Host Port${plural}:\t${portsText(({ hostPort = 0 }) => hostPort) || "<none>"}`, 2);
  describeSeccomp(securityContext?.seccompProfile, writer, 2);
}

export function describeSeccomp(profile: SeccompProfile | undefined, writer: DescribeWriter, level: number): void {
  if (profile === undefined) return;
  writer.line(`SeccompProfile:\t${profile.type}`, level);
  if (profile.type !== "Localhost") return;
  writer.line(`LocalhostProfile:\t${profile.localhostProfile ?? ""}`, level === 0 ? 0 : level + 1);
}

function describeWords(title: string, words: readonly string[] | undefined, writer: DescribeWriter): void {
  if (!words?.length) return;
  writer.line(`${title}:`, 2);
  for (const line of words.flatMap((word) => word.split("\n"))) writer.line(line, 3);
}

function describeStatus({ state, lastState, ready, restartCount = 0 }: ContainerStatus, writer: DescribeWriter): void {
  describeState("State", state ?? {}, writer);
  if (lastState?.terminated !== undefined) describeState("Last State", lastState, writer);
  writer.line(`Ready:\t${ready ? "True" : "False"}`, 2);
  writer.line(`Restart Count:\t${restartCount}`, 2);
}

function describeState(name: string, { running, waiting, terminated }: ContainerState, writer: DescribeWriter): void {
  if (running !== undefined) {
    writer.line(`${name}:\tRunning`, 2);
    writer.line(`Started:\t${rfc1123(running.startedAt)}`, 3);
  } else if (waiting !== undefined || terminated === undefined) {
    writer.line(`${name}:\tWaiting`, 2);
    if (waiting?.reason) writer.line(`Reason:\t${waiting.reason}`, 3);
  } else {
    writer.line(`${name}:\tTerminated`, 2);
    if (terminated.reason) writer.line(`Reason:\t${terminated.reason}`, 3);
    if (terminated.message) writer.line(`Message:\t${terminated.message}`, 3);
    writer.line(`Exit Code:\t${terminated.exitCode ?? 0}`, 3);
    if ((terminated.signal ?? 0) > 0) writer.line(`Signal:\t${terminated.signal}`, 3);
    writer.line(`Started:\t${rfc1123(terminated.startedAt)}`, 3);
    writer.line(`Finished:\t${rfc1123(terminated.finishedAt)}`, 3);
  }
}

export function describeResources(resources: Resources | undefined, writer: DescribeWriter, level: number): void {
  const list = (title: string, amounts: Amounts = {}): void => {
    const names = Object.keys(amounts).sort();
    if (names.length > 0) writer.line(`${title}:`, level);
    for (const name of names) writer.line(`${name}:\t${amounts[name]!}`, level + 1);
  };
  list("Limits", resources?.limits);
  list("Requests", resources?.requests);
}

function probesOf({ livenessProbe, readinessProbe, startupProbe }: DescribedContainer): [string, Probe][] {
  const all: [string, Probe | undefined][] = [
    ["Liveness", livenessProbe],
    ["Readiness", readinessProbe],
    ["Startup", startupProbe],
  ];
  return all.filter((entry): entry is [string, Probe] => entry[1] !== undefined);
}

function probeText(probe: Probe): string {
  const { initialDelaySeconds = 0, timeoutSeconds = 0, periodSeconds = 0 } = probe;
  const { successThreshold = 0, failureThreshold = 0, exec, httpGet, tcpSocket, grpc } = probe;
  const attributes = `delay=${initialDelaySeconds}s timeout=${timeoutSeconds}s period=${periodSeconds}s successThreshold=${successThreshold} failureThreshold=${failureThreshold}`;
  if (exec !== undefined) return `exec [${(exec.command ?? []).join(" ")}] ${attributes}`;
  if (httpGet !== undefined) {
    const { scheme = "", host = "", port, path = "" } = httpGet;
    return `http-get ${scheme.toLowerCase()}://${joinHostPort(host, port as number)}${urlPath(path)} ${attributes}`;
  }
  if (tcpSocket !== undefined) return `tcp-socket ${tcpSocket.host ?? ""}:${tcpSocket.port} ${attributes}`;
  if (grpc !== undefined) return `grpc <pod>:${grpc.port} ${grpc.service ?? ""} ${attributes}`;
  return `unknown ${attributes}`;
}

/** As Go's net/url writes a path. */
function urlPath(path: string): string {
  const escaped = encodeURIComponent(path).replace(/%(2F|24|26|2B|2C|3A|3B|3D|40)/g, decodeURIComponent);
  return path === "" || path.startsWith("/") ? escaped : `/${escaped}`;
}

function describeMounts({ volumeMounts = [], volumeDevices = [] }: DescribedContainer, writer: DescribeWriter): void {
  const none = volumeMounts.length === 0 ? "\t<none>" : "";
  writer.line(`Mounts:${none}`, 2);
  const byPath = [...volumeMounts].sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1));
  for (const { mountPath, name, readOnly, subPath } of byPath) {
    const marks = [readOnly ? "ro" : "rw", ...(subPath ? [`path=${JSON.stringify(subPath)}`] : [])];
    writer.line(`${mountPath} from ${name} (${marks.join(",")})`, 3);
  }
  if (volumeDevices.length === 0) return;
  writer.line(`Devices:${none}`, 2);
  const devices = [...volumeDevices].sort((a, b) => (a.devicePath < b.devicePath ? -1 : 1));
  for (const { devicePath, name } of devices) writer.line(`${devicePath} from ${name}`, 3);
}
