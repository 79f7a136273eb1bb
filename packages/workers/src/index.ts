export type { Job, JobModule } from "./job.ts";
