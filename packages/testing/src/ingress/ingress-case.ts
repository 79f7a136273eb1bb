import type { ApiObject } from "@kubenetsim/core/model/api-object";
import * as fc from "fast-check";
import { configMapObject } from "./config-map-object.ts";
import { classObject, type IngressTimes, ingressObjectOf } from "./random-ingress.ts";
import { secretObject, serviceObject, sliceObject } from "./service-objects.ts";

/** What one ingress-nginx is started with and then sees. Everything in it is JSON. */
export interface IngressCase {
  readonly options: IngressCaseOptions;
  /** Each ends with a sync where the controller asks for one. */
  readonly steps: readonly IngressStep[];
}

/** Flags. */
export interface IngressCaseOptions {
  readonly configMap: string;
  readonly defaultBackendService?: string;
  readonly defaultSslCertificate?: string;
  readonly watchIngressWithoutClass: boolean;
  readonly ingressClassByName: boolean;
}

/** What happens before one sync, in order. */
export interface IngressStep {
  readonly changes: readonly IngressChange[];
}

/** An object as the API server stores it, or `Ingress namespace/name` of one that is deleted. */
export type IngressChange = { readonly put: ApiObject } | { readonly deleted: string };

const configMap = "ingress-nginx/config";

const options: fc.Arbitrary<IngressCaseOptions> = fc.record(
  {
    configMap: fc.constant(configMap),
    defaultBackendService: fc.constantFrom("n/s0", "m/s1", "n/missing"),
    defaultSslCertificate: fc.constantFrom("n/t0", "n/t2", "n/missing"),
    watchIngressWithoutClass: fc.boolean(),
    ingressClassByName: fc.boolean(),
  },
  { requiredKeys: ["configMap", "watchIngressWithoutClass", "ingressClassByName"] },
);

/** When Ingresses were created: within three seconds, so that many were in the same one. */
const times: fc.Arbitrary<IngressTimes> = fc.array(fc.nat({ max: 2 }), { minLength: 16, maxLength: 16 });

/**
 * An ingress-nginx over time: Ingresses with every annotation that is modelled, well and badly written, Services and EndpointSlices of
 * every kind, Secrets and settings, that come, change and go.
 *
 * @example
 * fc.assert(fc.property(ingressCase(), ({ steps }) => steps.length > 0));
 */
export function ingressCase({ isSmall = false }: { readonly isSmall?: boolean } = {}): fc.Arbitrary<IngressCase> {
  const most = isSmall
    ? { endpoints: 4, others: 2, ingresses: 3, steps: 3 }
    : { endpoints: 12, others: 6, ingresses: 8, steps: 6 };
  return times.chain((created) => {
    const ingress = ingressObjectOf(created);
    const object = fc.oneof(
      { weight: 6, arbitrary: ingress },
      { weight: 2, arbitrary: serviceObject },
      { weight: 2, arbitrary: sliceObject },
      { weight: 1, arbitrary: secretObject },
      { weight: 1, arbitrary: classObject },
      { weight: 1, arbitrary: configMapObject(configMap) },
    ) as fc.Arbitrary<ApiObject>;
    const first = fc
      .tuple(
        fc.array(fc.oneof(serviceObject, sliceObject) as fc.Arbitrary<ApiObject>, {
          minLength: 2,
          maxLength: most.endpoints,
        }),
        fc.array(fc.oneof(classObject, secretObject) as fc.Arbitrary<ApiObject>, { maxLength: most.others }),
        fc.array(configMapObject(configMap) as fc.Arbitrary<ApiObject>, { maxLength: 1 }),
        fc.array(ingress as fc.Arbitrary<ApiObject>, { minLength: 1, maxLength: most.ingresses }),
      )
      .map((groups) => groups.flat())
      .chain((objects) => fc.oneof(fc.constant(objects), fc.shuffledSubarray(objects, { minLength: objects.length })));
    const change: fc.Arbitrary<IngressChange> = fc.oneof(
      { weight: 3, arbitrary: object.map((put) => ({ put })) },
      { weight: 1, arbitrary: object.map((each) => ({ deleted: keyOf(each) })) },
    );
    const later = fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => ({ changes }));
    return fc
      .record({ options, first, later: fc.array(later, { maxLength: most.steps }) })
      .map(({ options: flags, first: objects, later: steps }) => ({
        options: flags,
        steps: [{ changes: objects.map((put) => ({ put })) }, ...steps],
      }));
  });
}

/** A case that depends on nothing but the seed; unlike the arbitrary's first runs it is not kept small. */
export function randomIngressCase(seed: number, size: { readonly isSmall?: boolean } = {}): IngressCase {
  return fc.sample(fc.noBias(ingressCase(size)), { seed, numRuns: 1 })[0]!;
}

function keyOf({ kind, metadata: { namespace, name } }: ApiObject): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}
