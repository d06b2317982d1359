// A program of ours as one file: made by esbuild once for these sources, and kept in the cache of
// node_modules, where packages are found from it and only who may change them may change it.
// Must not know: what the programs do. In JavaScript, for it runs before anything is compiled.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const PROGRAMS = ['src/main.ts', 'src/ops/main.ts', 'src/simulator/main.ts', 'src/demo/main.ts']

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CACHE = join(ROOT, 'node_modules', '.cache', 'paymentwall-saga')
const SOURCES = ['src', 'workflows', 'activities']
/** Whatever the umask: it is run with the rights of whoever starts it. */
const NOT_FOR_OTHERS_TO_WRITE = 0o644
/** Old ones go when a new one is made, but for those from which somebody may just be starting. */
const KEPT_MS = 3_600_000

/**
 * The path of the file, which is made anew where a source has changed, or where it is not what was
 * made. Several processes may make it at once: each puts a whole one in its place.
 *
 * @param {string} entry as in PROGRAMS
 * @returns {Promise<string>}
 */
export async function bundled(entry) {
  const name = entry.replaceAll('/', '-').replace(/\.ts$/, '')
  const path = join(CACHE, `${name}-${sourcesDigest()}.mjs`)
  if (isWhole(path)) return path
  const { code, map } = await compiled(entry, path)
  try {
    mkdirSync(CACHE, { recursive: true, mode: 0o755 })
    put(`${path}.map`, map)
    put(path, sealed(code))
    removeOld(`${name}-`)
  } catch (error) {
    throw new Error(
      `${entry} could not be compiled into ${CACHE}. Run "npm run bundle" as the user to whom node_modules belongs, and start again.`,
      { cause: error },
    )
  }
  return path
}

/**
 * Packages stay outside; they are those of the lock file.
 *
 * @param {string} entry
 * @param {string} outfile
 */
async function compiled(entry, outfile) {
  const { build, stop } = await import('esbuild')
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    write: false,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.19',
    // For the lines in errors; the sources themselves are there.
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
    plugins: [atHome],
  })
  // Else its process would stay as long as ours.
  await stop()
  const [map, code] = outputFiles
  if (!map || !code) throw new Error('esbuild made no file')
  return { code: code.text, map: map.text }
}

/**
 * What stands beside a source is found from there, not from the cache.
 *
 * @type {import('esbuild').Plugin}
 */
const atHome = {
  name: 'at home',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\/(src|activities)\/.*\.[jt]s$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8')
      const contents = text.replaceAll(/import\.meta\.url/g, JSON.stringify(pathToFileURL(path).href))
      return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' }
    }),
}

/** Of all that goes into the file, its place, and who compiles it. */
function sourcesDigest() {
  const hash = createHash('sha256').update(`${ROOT} ${process.version}\n`)
  hash.update(readFileSync(join(ROOT, 'package-lock.json')))
  for (const folder of SOURCES) {
    const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.[jt]s$/.test(name),
    )
    for (const file of files.toSorted())
      hash.update(`${folder}/${file}\n`).update(readFileSync(join(ROOT, folder, file)))
  }
  return hash.digest('hex').slice(0, 16)
}

/** @param {string} code */
const sealOf = (code) => `// ${createHash('sha256').update(code).digest('hex')}\n`
/** @param {string} code */
const sealed = (code) => `${code}${sealOf(code)}`
const SEAL_LENGTH = sealOf('').length

/**
 * A machine that went down may have left a part of it.
 *
 * @param {string} path
 */
function isWhole(path) {
  const text = readIfThere(path)
  return text !== undefined && text.endsWith(sealOf(text.slice(0, -SEAL_LENGTH)))
}

/** @param {string} path */
function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * At once, or not at all.
 *
 * @param {string} path
 * @param {string} text
 */
function put(path, text) {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, text, { mode: NOT_FOR_OTHERS_TO_WRITE })
  renameSync(draft, path)
}

/** @param {string} prefix */
function removeOld(prefix) {
  const before = Date.now() - KEPT_MS
  for (const name of readdirSync(CACHE).filter((each) => each.startsWith(prefix))) {
    const path = join(CACHE, name)
    if ((statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? before) < before) rmSync(path, { force: true })
  }
}
