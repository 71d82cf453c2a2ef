// `cowslip/devtools`: change sets in the Redux DevTools, and in a panel of one's own.
export { connectDevtools } from './devtools/connect-devtools.ts'
export type { DevtoolsOptions, DevtoolsTarget } from './devtools/connect-devtools.ts'
export { definePanel } from './devtools/panel/panel-element.ts'
export type { CowslipPanel } from './devtools/panel/panel-element.ts'
