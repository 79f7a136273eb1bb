import type { ServiceAccount } from "../../model/service-account.ts";
import { dnsSubdomain } from "../validate/names.ts";
import type { KindRules } from "./rules.ts";

const mountableSecrets = "kubernetes.io/enforce-mountable-secrets";

/** pkg/registry/core/serviceaccount/strategy.go: of Secrets only the names are kept. */
export const serviceAccountRules: KindRules<ServiceAccount> = {
  checkName: dnsSubdomain,
  setDefaults: () => {},
  prepare: (_state, account) => {
    if (account.secrets === undefined) return;
    account.secrets = account.secrets.map(({ name }) => (name === undefined ? {} : { name }));
  },
  validate: () => [],
  warnings: ({ metadata }) =>
    metadata.annotations?.[mountableSecrets] === undefined
      ? []
      : [
          {
            message: `metadata.annotations[${mountableSecrets}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`,
            field: `metadata.annotations[${mountableSecrets}]`,
          },
        ],
};
