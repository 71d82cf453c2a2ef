// Roll-back of a part of an open edit: of a path, or of everything since a savepoint.
import { badArgumentError } from '../../document/messages/errors.ts'
import { parsePath } from '../../document/paths/parse-path.ts'
import type { PathInput } from '../../document/paths/path.ts'
import { captureEdit, restoreEdit, type Capture } from '../../draft/strict/capture.ts'
import { rollBackPath } from '../../draft/strict/roll-back-path.ts'
import type { StoreScope } from '../../draft/strict/store-scope.ts'
import type { Savepoint } from './edit-types.ts'

/** The savepoints of one edit. */
export class Savepoints {
  private readonly captures = new WeakMap<Savepoint, Capture>()
  private count = 0

  /** Returns a point to come back to. O(changed). */
  create(scope: StoreScope): Savepoint {
    const savepoint = Object.freeze({ number: ++this.count })
    this.captures.set(savepoint, captureEdit(scope))
    return savepoint
  }

  /** Rolls back a path, or everything since a savepoint. Throws `bad-argument`, `bad-path`. */
  rollBack(scope: StoreScope, to: PathInput | Savepoint | undefined): void {
    if (typeof to === 'string' || Array.isArray(to)) return rollBackPath(scope.root, parsePath(to))
    const captured = this.captures.get(Object(to) as Savepoint)
    if (captured === undefined) {
      throw badArgumentError('to', 'a path, or a savepoint of this edit', to)
    }
    restoreEdit(scope, captured)
  }
}
