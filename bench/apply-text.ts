import { loadAll } from "js-yaml";
import { Cluster } from "kubenetsim";
import { type Block, comparePairs, consume, cpuNs, type Measure } from "./harness.ts";
import { selectingService } from "./large-objects.ts";

/** YAML as people write it: nothing of what the API server fills in. */
export function yamlOf(services: number): string {
  return Array.from({ length: services }, (_, i) => {
    const service = selectingService(i);
    return `apiVersion: v1
kind: Service
metadata:
  name: ${service.metadata.name}
  namespace: default
  labels:
    app: ${service.metadata.name}
    team: team-${i % 50}
spec:
  type: ClusterIP
  selector:
    app: ${service.metadata.name}
  ports:
    - name: http
      port: 80
      protocol: TCP
      targetPort: 8080
`;
  }).join("---\n");
}

/** A new cluster takes the text: milliseconds. */
export function applied(text: string): Block {
  return () => cpuNs(1e6, () => consume(Cluster.create().apply(text).length));
}

function loaded(text: string): Block {
  return () => cpuNs(1e6, () => consume(loadAll(text).length));
}

export const applyMeasures: readonly Measure[] = [
  {
    id: "15",
    name: "apply the YAML of 10,000 Services, against js-yaml that only reads it",
    must: 2,
    aim: 1.25,
    run: (measure) => {
      const text = yamlOf(10_000);
      return comparePairs(measure, { candidate: applied(text), reference: loaded(text), unit: "ms" });
    },
  },
];
