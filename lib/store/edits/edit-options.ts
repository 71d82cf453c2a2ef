// The options that edits of stores and documents share.
import type { ChangeInfo } from '../../changes/change-set.ts'
import { badArgumentError } from '../../document/messages/errors.ts'
import { checkKnownOptions } from '../../document/messages/check-options.ts'
import type { EditOptions } from './edit-types.ts'

/** The names of the options that every edit takes. */
export const EDIT_OPTIONS: readonly string[] = ['label', 'meta', 'group']

/** Throws `bad-argument` for options of another shape. */
export function checkEditOptions(
  options: EditOptions,
  known: readonly string[] = EDIT_OPTIONS,
): void {
  checkKnownOptions(options, known)
  if (options.label !== undefined && typeof options.label !== 'string') {
    throw badArgumentError('label', 'a text', options.label)
  }
}

/** Returns the metadata that the options of an edit give its change set. */
export function changeInfoOf({ label, meta }: EditOptions): ChangeInfo {
  return { ...(label !== undefined && { label }), ...(meta !== undefined && { meta }) }
}
