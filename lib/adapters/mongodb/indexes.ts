// Indexes on the server: bringing them into line with those of a collection, and what a query made of them.
import { CowslipError } from '../../document/messages/errors.ts'
import type { CommitResult } from '../contract.ts'
import type {
  NamedIndex,
  QueryPlan,
  SyncedIndexes,
  SyncIndexesOptions,
} from '../contract-queries.ts'
import { indexProblemError } from '../indexes/index-problem.ts'
import { compareIndexes, namesOf, parseIndexes } from '../indexes/parse-indexes.ts'
import type { MongoAccess } from './access.ts'
import type { MongoCollection } from './driver.ts'
import { mongoError } from './errors.ts'
import { limitTime } from './time-limits.ts'

/** An index as the server describes it. */
interface Described {
  readonly name: string
  readonly key: Readonly<Record<string, unknown>>
  readonly unique?: boolean
  readonly sparse?: boolean
  readonly partialFilterExpression?: Readonly<Record<string, unknown>>
}

/** Properties of a description that a definition expresses, and those that say nothing. */
const KNOWN_PROPERTIES: readonly string[] = [
  'v',
  'key',
  'name',
  'ns',
  'background',
  'unique',
  'sparse',
  'partialFilterExpression',
]

const NAMESPACE_NOT_FOUND = 26
const DUPLICATE_KEY = 11_000
const PARALLEL_ARRAYS = 171

/** The indexes of the collections of one adapter. */
export class MongoIndexes {
  private readonly access: MongoAccess
  private readonly definitions = new Map<string, readonly NamedIndex[]>()

  constructor(access: MongoAccess) {
    this.access = access
  }

  /** Notes the indexes that a collection was opened with. */
  note(collection: string, definitions: readonly NamedIndex[]): void {
    this.definitions.set(collection, definitions)
  }

  /**
   * Makes and drops indexes until there are those that the collection was opened with. Indexes that no definition can
   * express (of texts or places, with an expiry or a collation) were made by other means and stay.
   */
  async sync(collection: string, options: SyncIndexesOptions): Promise<SyncedIndexes> {
    const documents = this.access.collection(collection)
    const definitions = parseIndexes(options.indexes)
    const work = async (): Promise<SyncedIndexes> => {
      const difference = compareIndexes(await listIndexes(documents), definitions)
      for (const { name } of difference.dropped) await documents.dropIndex(name)
      if (difference.made.length > 0) {
        await documents.createIndexes(difference.made.map(describe))
      }
      return namesOf(difference)
    }
    try {
      return await limitTime(work(), options)
    } catch (error) {
      throw (await this.findProblem(collection, definitions, error)) ?? mongoError(error, options)
    }
  }

  /** Returns the error for documents that an index cannot hold; null for another failure. */
  private async findProblem(
    collection: string,
    definitions: readonly NamedIndex[],
    error: unknown,
  ): Promise<CowslipError | null> {
    const { code, message, keyValue } = Object(error) as Record<string, unknown>
    const name = / index: (.+?) dup key/.exec(String(message))?.[1]
    const index = definitions.find(definition => definition.name === name)
    if (code === DUPLICATE_KEY && index !== undefined) {
      const options = { projection: { _id: 1 }, limit: 2 }
      const documents = this.access.collection(collection)
      const found = (await documents.find(keyValue ?? {}, options).toArray()) as { _id: unknown }[]
      const ids = found.map(({ _id }) => _id)
      return indexProblemError(collection, index, { kind: 'twins', ids }, error)
    }
    if (code !== PARALLEL_ARRAYS) return null
    const several = definitions.find(({ fields }) => Object.keys(fields).length > 1)
    return indexProblemError(collection, several as NamedIndex, { kind: 'arrays', ids: [] }, error)
  }

  /** Returns an outcome with all fields of the index whose value is taken: the server's text has but the first. */
  withAllFields(collection: string, result: CommitResult): CommitResult {
    if (result.status !== 'rejected' || result.code !== 'duplicate') return result
    const name = / index: (.+?) dup key/.exec(result.error.message)?.[1]
    const index = this.definitions.get(collection)?.find(definition => definition.name === name)
    return index === undefined ? result : { ...result, fields: Object.keys(index.fields) }
  }
}

async function listIndexes(documents: MongoCollection): Promise<NamedIndex[]> {
  const described = (await documents.indexes().catch((error: unknown) => {
    if (Object(error).code === NAMESPACE_NOT_FOUND) return []
    throw error
  })) as Described[]
  return described.filter(isExpressible).map(({ name, key, unique, sparse, ...rest }) => ({
    name,
    fields: Object.fromEntries(
      Object.entries(key).map(([path, direction]) => [path, Number(direction) as 1 | -1]),
    ),
    ...(unique === true && { unique }),
    ...(sparse === true && { sparse }),
    ...(rest.partialFilterExpression && { where: rest.partialFilterExpression }),
  }))
}

function isExpressible({ name, key, ...rest }: Described): boolean {
  const isPlain = Object.values(key).every(direction => Math.abs(Number(direction)) === 1)
  const isKnown = Object.keys(rest).every(property => KNOWN_PROPERTIES.includes(property))
  return name !== '_id_' && isPlain && isKnown
}

const describe = ({ name, fields, unique, sparse, where }: NamedIndex): object => ({
  name,
  key: fields,
  ...(unique === true && { unique }),
  ...(sparse === true && { sparse }),
  ...(where && { partialFilterExpression: where }),
})

/** Returns what a query read, from what the server explains. */
export function planOf(explained: unknown): QueryPlan {
  const { queryPlanner, executionStats } = explained as {
    readonly queryPlanner?: { readonly winningPlan?: unknown }
    readonly executionStats?: {
      readonly totalKeysExamined?: number
      readonly totalDocsExamined?: number
    }
  }
  return {
    index: findIndexName(queryPlanner?.winningPlan),
    entries: executionStats?.totalKeysExamined ?? 0,
    documents: executionStats?.totalDocsExamined ?? 0,
  }
}

/** Finds the first index in a plan, which is a tree of stages. */
function findIndexName(stage: unknown): string | null {
  if (typeof stage !== 'object' || stage === null) return null
  const { indexName, stage: name } = stage as Record<string, unknown>
  if (typeof indexName === 'string') return indexName
  if (name === 'IDHACK') return '_id_'
  for (const below of Object.values(stage)) {
    const found = findIndexName(below)
    if (found !== null) return found
  }
  return null
}
