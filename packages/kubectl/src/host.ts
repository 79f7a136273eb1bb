import type { RestRequest, RestResponse } from "@kubenetsim/core/apiserver/rest/request";

/** What kubectl runs on: an API server, files, and what the person gives. */
export interface KubectlHost {
  /** The API server; `RestServer.handle`. */
  readonly handle: (request: RestRequest) => RestResponse;
  /** Where the API server is reached: `https://127.0.0.1:6443`. */
  readonly server?: string;
  readonly files: FileTree;
  readonly stdin: string;
  /** Virtual time in milliseconds since the epoch of the simulation, for ages. */
  readonly nowMs: number;
  /** Changes the text that `kubectl edit` shows; undefined where nobody can. */
  readonly edit?: (text: string) => Edited;
  /** What a container has written; undefined where that is not modelled. */
  readonly logs?: (namespace: string, pod: string, container: string) => string | undefined;
  /** Lets virtual time pass until something that is waited for may have happened; false when nothing is left to do. */
  readonly wait: () => boolean;
}

/** What an editor leaves behind. */
export interface Edited {
  readonly text: string;
  /** What it printed. */
  readonly stdout: string;
  readonly stderr: string;
  /** Why it failed: nothing is saved then. */
  readonly problem?: string;
}

/** Files by their paths, `/` between folders. */
export interface FileTree {
  /** Undefined where there is no such file. */
  read(path: string): string | undefined;
  write(path: string, text: string): void;
  /** Paths of all files below a folder, sorted; undefined where there is no such folder. */
  list(folder: string): readonly string[] | undefined;
}
