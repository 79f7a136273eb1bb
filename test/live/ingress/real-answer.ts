/** What the real controller made of a step. */
export interface RealStep {
  /** Of each change, whether it asked for a sync. */
  readonly asked: readonly boolean[];
  /** undefined where none was asked for. */
  readonly outcome?: "unchanged" | "posted" | "reloaded" | "refused";
  /** Lines of its log, warnings and errors, as klog writes them. */
  readonly log: readonly string[];
  /** What runs, after a sync that changed it. */
  readonly servers?: readonly RealServer[];
  /** As posted to nginx's Lua; missing where they were not. */
  readonly backends?: readonly RealBackend[];
  /** Host → uid of its certificate, as posted. */
  readonly certificates?: Readonly<Record<string, string>>;
  /** nginx.conf. */
  readonly file?: string;
  /** Why the controller died. */
  readonly problem?: string;
}

export interface RealServer {
  readonly hostname: string;
  readonly aliases?: readonly string[];
  readonly redirectFromToWWW?: boolean;
  readonly sslCert: { readonly secret: string } | null;
  readonly locations: readonly RealLocation[];
}

/** pkg/apis/ingress/types.go `Location`. */
export type RealLocation = Readonly<Record<string, unknown>>;
export type RealBackend = Readonly<Record<string, unknown>>;
