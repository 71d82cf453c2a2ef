import type { Op } from '../changes/ops.ts'
import { asEditOf } from './assigned-array.ts'
import { DraftScope, type Rules } from './draft.ts'
import { opOf } from './log.ts'

/** An edit whose end tells what changed. */
export class LoggedScope extends DraftScope {
  constructor(base: object, rules: Rules) {
    super(base, rules, asEditOf)
  }

  /** The next snapshot and the op that leads there; null: nothing changed. Consumes the drafts. */
  finish(): { value: object; op: Op | null } {
    return { value: this.settle(), op: opOf(this.root) }
  }
}
