import { build } from 'esbuild'

/**
 * Bundles TypeScript programs for Node; packages stay imports. With `built`, `cowslip` is the built
 * package, as for any user; else esbuild follows the `paths` of tsconfig.json, which lead to the sources.
 */
export function bundle({ built = false, ...options }) {
  return build({
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'es2022',
    packages: 'external',
    sourcemap: 'inline',
    ...(built && { tsconfigRaw: {} }),
    ...options,
  })
}
