export * from "./model/api-object.ts";
export * from "./runtime/errors.ts";
