import fc from "fast-check";

// A campaign says which seed its properties begin with; else each run has another. Tests with a seed of their own keep it.
const seed = process.env.KUBENETSIM_CAMPAIGN_SEED;
if (seed !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(seed) });
