// The contender under test: `run.mjs` puts another file in the place of this one.
export { contender } from './cowslip.tsx'
