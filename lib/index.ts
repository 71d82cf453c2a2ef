// The core. Nothing behind it imports a Node module.
export { CowslipError, ConflictError } from './document/errors.ts'
export type { Conflict, ErrorCode, ErrorDetails } from './document/errors.ts'
