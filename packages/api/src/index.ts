export { type ApiHandler, type ApiHandlerOptions, createApiHandler } from "./api-handler.ts";
