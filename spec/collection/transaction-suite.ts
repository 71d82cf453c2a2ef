import { createCollection, transaction } from 'cowslip'
import type { Adapter } from 'cowslip/adapter-contract'
import * as assert from 'uvu/assert'
import { code, suite } from '../support/suite.ts'

async function rejects(promise: Promise<unknown>, expected: string): Promise<void> {
  await promise.then(
    () => assert.unreachable(expected),
    error => assert.ok(code(expected)(error)),
  )
}

/** What a transaction does on any adapter; `open` gives one without documents. */
export function transactionSuite(name: string, open: () => Adapter): void {
  const test = suite(`transaction (${name})`)

  /** Two collections on one adapter, two documents. */
  const accounts = async () => {
    const adapter = open()
    const one = createCollection<any>('one', { adapter })
    const two = createCollection<any>('two', { adapter })
    const [a, b] = [await one.insert({ _id: 'a', sum: 10 }), await two.insert({ _id: 'b', sum: 0 })]
    return { adapter, one, two, a, b }
  }

  test('edits documents of several collections at once, and tells once, afterwards', async () => {
    const { one, a, b } = await accounts()
    const heard: unknown[] = []
    a.on('change', e => heard.push(['a', e.state.sum, b.state.sum]))
    b.on('confirmed', e => heard.push(['b', e.version]))
    const result = await transaction(tx => {
      tx.edit(a, d => void (d.sum -= 3))
      tx.edit(b, d => void (d.sum += 3))
      tx.edit(b, d => void (d.sum += 1))
      assert.equal([tx.read(a).sum, tx.read(b).sum, a.state.sum], [7, 4, 10])
      const made = tx.insert(one, { _id: 'c', from: 'a' })
      assert.is(made.status, 'new')
      return made
    })
    assert.equal([a.state.sum, b.state.sum, a.version, b.version], [7, 4, 2, 2])
    assert.equal([result.status, result.version, await one.get('c')], ['stored', 1, result])
    assert.equal(heard, [
      ['a', 7, 0],
      ['b', 2],
    ])
    await a.edit(d => void d.sum++)
    assert.is(a.version, 3)
  })

  test('inserts and edits many, all or nothing', async () => {
    const { adapter, one, two, a, b } = await accounts()
    await one.insertMany([1, 2, 3, 4].map(n => ({ _id: `n${n}`, n })))
    const work = (fail: boolean) =>
      transaction(async tx => {
        tx.edit(a, d => void (d.sum = 1))
        const made = tx.insertMany(two, [{ _id: 'x' }, { _id: 'y', n: 9 }])
        const gone = (await one.get('n4'))!
        tx.delete(gone)
        const count = await tx.editMany(one, { n: { $gte: 2 } }, d => void (d.n += 10))
        if (fail) tx.insert(two, { _id: 'b' })
        return [count, made.length]
      })
    await rejects(work(true), 'duplicate')
    const numbers = async () =>
      (
        await one
          .find({ n: { $exists: true } }, { sort: { _id: 1 } })
          .states()
          .toArray()
      ).map(({ n }: any) => n)
    assert.equal(await numbers(), [1, 2, 3, 4])
    assert.equal([a.state.sum, await two.count()], [10, 1])
    assert.equal(await work(false), [2, 2])
    assert.equal(await numbers(), [1, 12, 13])
    assert.equal([a.state.sum, b.state.sum, await two.count()], [1, 0, 3])
    // Another writer comes between the read and the commit: the callback runs again.
    const others = createCollection<any>('one', { adapter })
    let runs = 0
    const count = await transaction(async tx => {
      const found = await tx.editMany(one, { n: { $gte: 12 } }, d => void (d.n += 100))
      if (runs++ === 0) await (await others.get('n2'))!.edit(d => void (d.n = 5))
      return found
    })
    assert.equal([count, runs], [1, 2])
    assert.equal(await numbers(), [1, 5, 113])
    await rejects(
      transaction(tx => void tx.insertMany(one, 'x' as never)),
      'bad-argument',
    )
  })

  test('`retry` limits how often the callback runs again', async () => {
    const { adapter, a } = await accounts()
    const others = createCollection<any>('one', { adapter })
    const meddle = async (runs: number, retry?: number) => {
      let left = runs
      let ran = 0
      const work = transaction(
        async tx => {
          ran++
          tx.edit(a, d => void (d.sum += 1))
          if (left-- > 0) await (await others.get('a'))!.edit(d => void (d.other = left))
        },
        retry === undefined ? {} : { retry },
      )
      return work.then(
        () => ran,
        (error: any) => `${error.code} ${ran}`,
      )
    }
    assert.is(await meddle(1, 0), 'conflict 1')
    assert.is(await meddle(3, 2), 'conflict 3')
    assert.is(await meddle(2, 2), 3)
    assert.is(await meddle(2), 3)
    await rejects(
      transaction(() => {}, { retry: -1 }),
      'bad-argument',
    )
  })

  test('what the callback throws leaves everything as it was', async () => {
    const { one, a } = await accounts()
    const mine = new Error('mine')
    const failing = transaction(tx => {
      tx.edit(a, d => (d.sum = 0))
      tx.insert(one, { _id: 'c' })
      throw mine
    })
    await failing.then(
      () => assert.unreachable(),
      error => assert.is(error, mine),
    )
    assert.equal([a.state.sum, await one.get('c')], [10, null])
  })

  test('runs again on a clash, on what is stored', async () => {
    const { adapter, a, b } = await accounts()
    const other = (await createCollection<any>('one', { adapter }).get('a'))!
    let runs = 0
    await transaction(async tx => {
      if (runs++ === 0) await other.edit(d => (d.sum = 100))
      tx.edit(b, d => (d.sum = tx.read(a).sum))
    })
    assert.equal([runs, b.state.sum, a.state.sum], [2, 100, 100])
  })

  test('one that is refused refuses all', async () => {
    const { one, two, a, b } = await accounts()
    await rejects(
      transaction(tx => (tx.edit(a, d => (d.sum = 0)), tx.insert(two, { _id: 'b' }))),
      'duplicate',
    )
    await rejects(
      transaction(tx => (tx.edit(a, d => (d.sum = 0)), tx.edit(b, d => (d._id = 1)))),
      'immutable-field',
    )
    await rejects(
      transaction(tx => (tx.edit(a, d => (d.sum = 0)), tx.edit(b, d => (d.x = new Map())))),
      'unsupported-value',
    )
    assert.equal([a.state.sum, a.version, (await one.get('a'))!.version], [10, 1, 1])
    await a.edit(d => (d.sum = 1))
  })

  test('a refusal names the document that was refused', async () => {
    const { one, two, a } = await accounts()
    await one.insert({ _id: 'taken' })
    const failing = transaction(tx => {
      tx.edit(a, d => (d.sum = 0))
      tx.insert(one, { _id: 'taken' })
      tx.insert(two, { _id: 'z' })
    })
    await failing.then(
      () => assert.unreachable(),
      error => assert.equal(error.details, { collection: 'one', id: 'taken', fields: ['_id'] }),
    )
  })

  test('deletes with the rest', async () => {
    const { one, a, b } = await accounts()
    await transaction(tx => {
      tx.edit(b, d => (d.sum = tx.read(a).sum))
      tx.delete(a)
      assert.throws(() => tx.edit(a, () => {}), code('missing'))
    })
    assert.equal([a.status, b.state.sum, await one.get('a')], ['deleted', 10, null])
  })

  test('no write skew: two that each write what the other read', async () => {
    const { adapter, a, b } = await accounts()
    const [a2, b2] = [
      (await createCollection<any>('one', { adapter }).get('a'))!,
      (await createCollection<any>('two', { adapter }).get('b'))!,
    ]
    const spend = (from: typeof a, other: typeof b) =>
      transaction(tx => {
        if (tx.read(from).sum + tx.read(other).sum < 10) return
        tx.edit(from, d => void (d.sum -= 10))
      })
    await Promise.all([spend(a, b), spend(b2, a2)])
    await Promise.all([a.reload(), b.reload()])
    assert.is(a.state.sum + b.state.sum, 0)
  })

  test('many transfers at once keep the sum', async () => {
    const { adapter } = await accounts()
    const moves = Array.from({ length: 6 }, async (_, i) => {
      const a = (await createCollection<any>('one', { adapter }).get('a'))!
      const b = (await createCollection<any>('two', { adapter }).get('b'))!
      for (let n = 0; n < 10; n++) {
        await transaction(tx => {
          const [from, to] = i % 2 === 0 ? [a, b] : [b, a]
          tx.edit(from, d => void d.sum--)
          tx.edit(to, d => void d.sum++)
        })
      }
    })
    await Promise.all(moves)
    const a = (await createCollection<any>('one', { adapter }).get('a'))!
    const b = (await createCollection<any>('two', { adapter }).get('b'))!
    assert.equal([a.state.sum, b.state.sum, a.version], [10, 0, 61])
  })

  test('eight workers in closed loops on one document all get on', async () => {
    const { a } = await accounts()
    const commits = Array.from({ length: 8 }, () => 0)
    let left = 240
    let runs = 0
    const worker = async (_: unknown, i: number): Promise<void> => {
      while (left-- > 0) {
        await transaction(tx => {
          runs++
          tx.edit(a, d => void d.sum++)
        })
        commits[i]!++
      }
    }
    await Promise.all(commits.map(worker))
    const [slowest, median] = [Math.min(...commits), commits.sort((x, y) => x - y)[4]!]
    assert.ok(slowest >= median / 2, String(commits))
    assert.is(a.state.sum, 250)
    assert.ok(runs <= 2 * 240, `the callback ran ${runs} times`)
  })

  test('64 at once, and edits among them: none is refused', async () => {
    const { a } = await accounts()
    const all = Array.from({ length: 64 }, (_, i) =>
      i % 4 === 0
        ? a.edit((d: any) => void d.sum++)
        : transaction(tx => tx.edit(a, d => void d.sum++)),
    )
    await Promise.all(all)
    assert.is(a.state.sum, 74)
  })

  /** A transaction whose first run comes too late: the second one holds the lock. */
  const secondRun = async <R>(
    { a }: { a: any },
    act: (tx: Parameters<Parameters<typeof transaction>[0]>[0]) => R | Promise<R>,
    options: { timeoutMS?: number } = {},
  ): Promise<R> => {
    let runs = 0
    return transaction(async tx => {
      tx.edit(a, (d: any) => void d.sum++)
      if (runs++ > 0) return act(tx)
      await a.edit((d: any) => void (d.sum += 100))
      return undefined as never
    }, options)
  }

  test('get, find and reload work inside, under the lock', async () => {
    const both = await accounts()
    const { one, a, b } = both
    const seen = await secondRun(both, async () => {
      await a.reload()
      const found = await one.find({ _id: 'a' }).toArray()
      return [await one.get('a'), ...found, await b.reload()]
    })
    assert.equal(seen, [a, a, null])
    assert.is(a.state.sum, 111)
  })

  test('an edit outside of a document that is held waits, no longer than its `timeoutMS`', async () => {
    const both = await accounts()
    const { a } = both
    let after: Promise<unknown> = Promise.resolve()
    await secondRun(both, async () => {
      after = a.edit((d: any) => void (d.sum *= 2))
      await rejects(
        a.edit((d: any) => void d.sum++, { timeoutMS: 20 }),
        'timeout',
      )
    })
    await after
    assert.is(a.state.sum, 222)
  })

  test('documents that only the second run touches are locked too, whatever their order', async () => {
    for (const order of ['before', 'after'] as const) {
      const { one, two, a, b } = await accounts()
      const [first, other] = order === 'after' ? [a, b] : [b, a]
      const extra = order === 'after' ? await two.insert({ _id: 'z', sum: 0 }) : other
      let runs = 0
      const edits: Promise<unknown>[] = []
      await transaction(async tx => {
        tx.edit(first, d => void d.sum++)
        if (runs++ === 0) return void (await first.edit((d: any) => void (d.sum += 100)))
        tx.edit(extra, d => void d.sum++)
        // They come between where everything is let go: then the callback runs again.
        edits.push(
          first.edit((d: any) => void (d.sum += 1_000)),
          extra.edit((d: any) => void (d.sum += 1_000)),
        )
      })
      await Promise.all(edits)
      const pushed = edits.length / 2
      assert.ok(pushed >= 1 && runs <= 4, `${runs} runs`)
      const start = order === 'after' ? [10, 0] : [0, 10]
      assert.equal(
        [first.state.sum, extra.state.sum],
        [start[0]! + 101 + 1_000 * pushed, start[1]! + 1 + 1_000 * pushed],
      )
      await Promise.all([one.get('a'), two.get('b')])
    }
  })

  test('a snapshot read must be as it was when the commit begins', async () => {
    const { adapter, a, b } = await accounts()
    const other = (await createCollection<any>('one', { adapter }).get('a'))!
    let runs = 0
    await transaction(async tx => {
      tx.edit(b, d => (d.sum = tx.read(a, { check: 'snapshot' }).sum))
      if (runs++ === 0) await other.edit((d: any) => (d.sum = 100))
    })
    assert.equal([runs, b.state.sum], [2, 100])
    await rejects(
      transaction(tx => tx.read(a, { check: 'none' as never })),
      'bad-argument',
    )
  })

  test('refuses bad arguments, and use after the end', async () => {
    const { a } = await accounts()
    await rejects(transaction(5 as never), 'bad-argument')
    await rejects(
      transaction(tx => tx.read({} as never)),
      'bad-argument',
    )
    const elsewhere = await createCollection<any>('x', { adapter: open() }).insert({ _id: 1 })
    await rejects(
      transaction(tx => (tx.edit(a, d => (d.sum = 1)), tx.edit(elsewhere, d => (d.n = 1)))),
      'bad-argument',
    )
    let leaked: any
    await transaction(tx => void (leaked = tx))
    assert.throws(() => leaked.read(a), code('ended-edit'))
    await rejects(
      transaction(tx => tx.edit(a, async () => {})),
      'async-recipe',
    )
  })

  test.run()
}
