// What a bundler ships for an import, minified and gzipped, and which folders of the package it comes from.
import { build } from 'esbuild'
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'

const FILES = { cowslip: 'index', 'cowslip/produce/full': 'produce-full' }

/** The imports whose sizes are known: what is imported, where from, and at most so many bytes. */
export const RECIPES = [
  ['StateTracker', 'cowslip', 2_640],
  ['createStore', 'cowslip', 40_400],
  ['createStore, createCollection, transaction', 'cowslip', 74_800],
  ['createStore', 'cowslip/light', 27_600],
  ['createStore, withHistory', 'cowslip/light', 32_740],
  ['useStore, useEdit, useUndo', 'cowslip/react', 3_649],
  ['produce', 'cowslip/produce', 10_600],
  ['produce, enableMapSet, enableArrayMethods', 'cowslip/produce', 13_600],
  ['produce, produceWithPatches, applyPatches', 'cowslip/produce', 14_200],
  ['produce, enableMapSet, enableArrayMethods, enablePatches', 'cowslip/produce', 16_400],
]

const fileOf = from => FILES[from] ?? from.slice('cowslip/'.length)

/**
 * Bundles imports, given as names and entry in turn. Returns the bytes, and the minified bytes of each folder of `dist`, the
 * largest first.
 */
export async function sizeOf(names, from, ...others) {
  const own = `export { ${names} } from './dist/${fileOf(from)}.js'`
  const [otherNames, otherFrom] = others
  const other =
    others.length > 0 && `export { ${otherNames} } from './dist/${fileOf(otherFrom)}.js'`
  const contents = [own, other || ''].join('\n')
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: resolve('.') },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    metafile: true,
    external: ['node:*', 'react'],
    // As for a user, who has no paths of ours.
    tsconfigRaw: {},
  })
  const rooms = new Map()
  const [{ inputs }] = Object.values(metafile.outputs)
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const room = path.split('/').slice(1, -1).join('/')
    if (bytesInOutput > 0) rooms.set(room, (rooms.get(room) ?? 0) + bytesInOutput)
  }
  const bytes = gzipSync(outputFiles[0].contents, { level: 9 }).length
  return { bytes, rooms: [...rooms].sort(([, a], [, b]) => b - a), modules: Object.keys(inputs) }
}
