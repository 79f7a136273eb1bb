import { fileURLToPath } from "node:url";

/** The folder of the project. This file runs from test/live/ and, compiled, from build/test/live/. */
export const repositoryRoot: string = fileURLToPath(new URL(".", import.meta.url)).replace(
  /(build\/)?test\/live\/$/,
  "",
);
