// `useEdit`: a form on a store or a document.
import {
  useEffect,
  useInsertionEffect,
  useMemo,
  useReducer,
  useRef,
  useSyncExternalStore,
} from 'react'
import type { Draft } from '../document/types.ts'
import { badArgumentError } from '../document/messages/errors.ts'
import { Form, type Editable } from './form.ts'
import type { CommitOf, FormEdit, StateOf } from './react-types.ts'

/**
 * Holds an edit open for a form: a draft to write to, values that render, what is dirty by path, original values, `commit`,
 * `rollback`, and the places where a commit clashed with changes of others. Nothing reaches the store before `commit`; after it
 * the form goes on with a new edit. A form that is unmounted and not mounted again in the same task is rolled back; hiding it
 * (`<Activity>`) keeps it. While nothing is written, it follows the store. Throws `bad-argument`.
 */
export function useEdit<S extends Editable & { readonly state: object }>(
  store: S,
): FormEdit<StateOf<S>, Draft<StateOf<S>>, CommitOf<S>> {
  if (typeof Object(store).begin !== 'function') {
    throw badArgumentError('store', 'a store or a document', store)
  }
  const form = useMemo(() => new Form(store), [store])
  const ending = useRef(new Map<Form, ReturnType<typeof setTimeout>>())
  // Hiding cleans up all other effects, and no insertion effect.
  useInsertionEffect(() => {
    const timers = ending.current
    clearTimeout(timers.get(form))
    timers.delete(form)
    return () =>
      void timers.set(
        form,
        setTimeout(() => form.end()),
      )
  }, [form])
  const [, renderAgain] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    form.onWrite = renderAgain
    return () => void (form.onWrite = () => {})
  }, [form])
  return useSyncExternalStore(form.subscribe, form.read, form.read)
}
