import { objectKey } from "../../model/api-object.ts";
import type { Service } from "../../model/service.ts";
import type { KindRules } from "../kinds/rules.ts";
import { serviceBalancerErrors } from "../validate/load-balancer-status.ts";
import { dnsLabel } from "../validate/names.ts";
import { allocateService } from "./service-allocation.ts";
import { defaultService } from "./service-defaults.ts";
import {
  dropForeignStatus,
  dropTypeDependentFields,
  keepAllocatedValues,
  normalizeClusterIPs,
} from "./service-update.ts";
import { serviceWarnings } from "./service-warnings.ts";
import { validateService } from "./validate-service.ts";
import { validateServiceUpdate } from "./validate-service-update.ts";

export const serviceRules: KindRules<Service> = {
  checkName: dnsLabel,
  setDefaults: defaultService,
  prepare: (state, service, before, write) => {
    if (write.ofStatus === true) return;
    const old = before?.spec;
    if (old !== undefined) dropTypeDependentFields(service.spec, old);
    dropForeignStatus(service);
    if (old !== undefined) keepAllocatedValues(service.spec, old);
    normalizeClusterIPs(service.spec, old);
    const random = write.random.fork(`apiserver/service/${objectKey(service as Service)}`);
    allocateService(state, service, old, { ...write, random });
  },
  validate: (service, before) => [
    ...(before === undefined ? [] : validateServiceUpdate(service.spec, before.spec)),
    ...validateService(service, before),
  ],
  validateStatus: ({ status, spec }, before) =>
    serviceBalancerErrors(status?.loadBalancer, before.status?.loadBalancer, spec.type),
  // storage.go, defaultOnReadService
  decorate: ({ spec }) => {
    normalizeClusterIPs(spec, undefined);
    if (spec.type === "ExternalName") delete spec.internalTrafficPolicy;
  },
  warnings: serviceWarnings,
};
