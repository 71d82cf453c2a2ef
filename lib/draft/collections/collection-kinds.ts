// The code for Maps and Sets, as a scope has it.
import type { CollectionKinds } from '../state.ts'
import { finishMap, finishSet } from './finish-collections.ts'
import { getMapCopy, mapTraps } from './map.ts'
import { getSetCopy, setTraps } from './set.ts'

/** The code for Maps and Sets. */
export const collectionKinds: CollectionKinds = {
  map: { traps: mapTraps, finish: finishMap, copy: getMapCopy },
  set: { traps: setTraps, finish: finishSet, copy: getSetCopy },
}
