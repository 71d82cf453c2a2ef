// `cowslip/react`: hooks for React 18.3 and 19.
export { useStore, useUndo } from './react/use-store.ts'
export type { Undo, Undoable } from './react/use-store.ts'
export { useEdit } from './react/use-edit.ts'
export type { Editable, OpenFormEdit } from './react/form.ts'
export type {
  CommitOf,
  FormCommitOptions,
  FormEdit,
  StateOf,
  ValueAt,
  Watched,
} from './react/react-types.ts'
export { useDocument, useQuery } from './react/use-collection.ts'
export type {
  LiveDocumentView,
  LiveOptions,
  LiveQueryView,
  NoDocumentView,
  StoredDocumentView,
} from './react/use-collection.ts'
export type { PanelAttributes } from './react/panel-jsx.ts'
