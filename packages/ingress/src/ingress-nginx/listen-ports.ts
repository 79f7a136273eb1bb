/** Ports of the controller's own, by the flags that set them. */
export interface ListenPorts {
  /** `--http-port`. */
  readonly http: number;
  /** `--https-port`. */
  readonly https: number;
  /** `--ssl-passthrough-proxy-port`. */
  readonly sslProxy: number;
  /** `--default-server-port`: what answers 404. */
  readonly default: number;
  /** `--healthz-port`. */
  readonly health: number;
  /** `--profiler-port`. */
  readonly profiler: number;
  /** `--status-port`. */
  readonly status: number;
  /** `--stream-port`. */
  readonly stream: number;
}

/** pkg/flags/flags.go. */
export const usualPorts: ListenPorts = {
  http: 80,
  https: 443,
  sslProxy: 442,
  default: 8181,
  health: 10254,
  profiler: 10245,
  status: 10246,
  stream: 10247,
};
