/** The module that measures cells, as threads load it: a file URL. */
export const cellJobModule: string = new URL("./cell-job.js", import.meta.url).href;
