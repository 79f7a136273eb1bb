export * from "./ruleset/ruleset.ts";
