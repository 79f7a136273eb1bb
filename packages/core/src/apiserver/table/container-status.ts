import type { Pod } from "../../model/pod.ts";

/** `v1.ContainerStatus`, what tables show of it. */
export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restartCount: number;
  readonly state: ContainerState;
  readonly lastState: ContainerState;
}

interface ContainerState {
  readonly running?: unknown;
  readonly waiting?: { readonly reason?: string };
  readonly terminated?: Terminated;
}

interface Terminated {
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason?: string;
  readonly finishedAt?: string;
}

/** The statuses of a Pod's containers, with what is left out of them. */
export function readContainerStatuses(
  status: Pod["status"],
  list: "containerStatuses" | "initContainerStatuses",
): ContainerStatus[] {
  const given = (status as Readonly<Record<string, readonly Partial<ContainerStatus>[] | undefined>> | undefined)?.[
    list
  ];
  return (given ?? []).map((one) => ({
    name: one.name ?? "",
    ready: one.ready ?? false,
    started: one.started ?? false,
    restartCount: one.restartCount ?? 0,
    state: one.state ?? {},
    lastState: one.lastState ?? {},
  }));
}

/** `Error`, `Signal:9`, `ExitCode:1`. */
export function stateReason({ reason, signal = 0, exitCode }: Terminated): string {
  return reason || (signal === 0 ? `ExitCode:${exitCode}` : `Signal:${signal}`);
}
