/** Texts in a ConfigMap, and a Job whose Pods each do one shard. */
export interface IndexedJobOptions {
  /** Of both objects: at most 40 small letters, digits and dashes. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly image: string;
  /** Pods, all at once. */
  readonly parallelism: number;
  /** What a Pod runs, for `sh -c`; `JOB_COMPLETION_INDEX` is its number, from 0. */
  readonly script: string;
  /** Below /input. */
  readonly files: Readonly<Record<string, string>>;
  /** A PersistentVolumeClaim for /results. */
  readonly claim: string | undefined;
}

/** Times that a shard is tried again before it is given up, while the others go on. */
const retries = 3;

/**
 * An Indexed Job, as objects for `kubectl apply`: each of its Pods gets an index, and one that ends badly is run again with the
 * same index.
 *
 * Source: the API reference of batch/v1 Job; Kubernetes 1.33 and later keep `backoffLimitPerIndex` as stable.
 */
export function indexedJob(options: IndexedJobOptions): readonly object[] {
  const { name, labels, image, parallelism, script, files, claim } = options;
  const results = claim === undefined ? [] : [{ name: "results", persistentVolumeClaim: { claimName: claim } }];
  const container = {
    name: "shard",
    image,
    command: ["sh", "-c", script],
    volumeMounts: [
      { name: "input", mountPath: "/input", readOnly: true },
      ...results.map(({ name: volume }) => ({ name: volume, mountPath: "/results" })),
    ],
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  };
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name, labels }, data: files },
    {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name, labels },
      spec: {
        completionMode: "Indexed",
        completions: parallelism,
        parallelism,
        backoffLimitPerIndex: retries,
        template: {
          metadata: { labels },
          spec: {
            restartPolicy: "Never",
            automountServiceAccountToken: false,
            containers: [container],
            volumes: [{ name: "input", configMap: { name } }, ...results],
          },
        },
      },
    },
  ];
}
