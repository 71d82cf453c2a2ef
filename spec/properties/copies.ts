// What was noted of the nodes that an edit made: a copy of each is the node again.
import { copyNode, getNodeShape } from '../../lib/document/containers.ts'
import { children, isCollection, isContainer } from './values.ts'

/** Whether a copy of every node at and below `value` has its keys, in their order, and its values. */
export function copiesAlike(value: unknown): boolean {
  if (!isContainer(value)) return true
  if (!Array.isArray(value) && !isCollection(value) && !isAlike(value)) return false
  return children(value).every(([, below]) => copiesAlike(below))
}

function isAlike(node: object): boolean {
  const copy = copyNode(node, getNodeShape(node, true))
  const [keys, copied] = [Reflect.ownKeys(node), Reflect.ownKeys(copy)]
  return (
    keys.length === copied.length &&
    keys.every(
      (key, i) => key === copied[i] && Object.is(Reflect.get(node, key), copy[key as string]),
    )
  )
}
