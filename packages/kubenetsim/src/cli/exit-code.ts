/** What the process ends with. */
export const exitCode = {
  /** Delivered, or done. */
  ok: 0,
  /** Not delivered; for get, there is no object of the name; for experiment, cells are missing that were to be measured. */
  notDelivered: 1,
  /** The command line, a file or an object in it is wrong, or asks for what is not modelled. */
  badInput: 2,
  /** A bug of the simulator. */
  bug: 3,
} as const;
export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
