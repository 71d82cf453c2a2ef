// The type of `<cowslip-panel>` in JSX: see `definePanel` of `cowslip/devtools`.
import type { HTMLAttributes, RefAttributes } from 'react'

/** The attributes and properties of `<cowslip-panel>`. */
export interface PanelAttributes extends HTMLAttributes<HTMLElement>, RefAttributes<HTMLElement> {
  /** The heading of the panel. */
  readonly name?: string
  /** The store or the document that is shown. React 19 sets it; before it an effect has to. */
  readonly target?: unknown
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'cowslip-panel': PanelAttributes
    }
  }
}
