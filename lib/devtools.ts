// `cowslip/devtools`: change sets in the Redux DevTools.
export { connectDevtools } from './devtools/connect-devtools.ts'
export type { DevtoolsOptions, DevtoolsTarget } from './devtools/connect-devtools.ts'
