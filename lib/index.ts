// The core. Nothing behind it imports a Node module.
export { CowslipError, ConflictError } from './document/errors.ts'
export type { Conflict, ErrorCode, ErrorDetails } from './document/errors.ts'
export { StateTracker } from './draft/state-tracker.ts'
export type { Field } from './draft/state-tracker.ts'
