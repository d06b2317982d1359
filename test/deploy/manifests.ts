// The documents of deploy/kubernetes as they stand in their files, and as Kubernetes' own schemas and types see them.
// Must not know: what an installation needs.
import { execFileSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { readText, ROOT } from '../support/readme.ts'
import { temporaryFolder } from '../support/temporalCli.ts'

export const FOLDER = 'deploy/kubernetes/'
const require = createRequire(import.meta.url)

const KIND = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
})
export type Manifest = z.output<typeof KIND>
export type Found = { readonly file: string; readonly manifest: Manifest }

export const readAll = (text: string): readonly Manifest[] =>
  parseAllDocuments(text).map((document) => {
    if (document.errors.length > 0) throw document.errors[0]
    return KIND.parse(document.toJS())
  })

const kustomization = z.object({
  kind: z.enum(['Kustomization', 'Component']),
  namespace: z.string().optional(),
  resources: z.array(z.string()),
  components: z.array(z.string()).default([]),
  images: z.array(z.object({ name: z.string(), newName: z.string(), newTag: z.string() })).default([]),
  configMapGenerator: z
    .array(z.object({ name: z.string(), behavior: z.string().optional(), envs: z.array(z.string()) }))
    .default([]),
})
export type Layer = z.output<typeof kustomization> & { readonly folder: string; readonly files: readonly string[] }

export function readLayer(folder: string): Layer {
  const files = readdirSync(ROOT + FOLDER + folder).filter((name) => name !== 'kustomization.yaml')
  return { folder, files, ...kustomization.parse(parse(readText(`${FOLDER}${folder}/kustomization.yaml`))) }
}

/** Documents of a layer's own files, in no other than these. */
export const manifestsOf = ({ folder, files }: Layer): readonly Found[] =>
  files
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) =>
      readAll(readText(`${FOLDER}${folder}/${name}`)).map((manifest) => ({ file: `${folder}/${name}`, manifest })),
    )

/** NAME=value, a line each; # begins a comment. */
export function readSettings(layer: Layer): ReadonlyMap<string, string> {
  const lines = layer.configMapGenerator
    .flatMap(({ envs }) => envs)
    .flatMap((name) => readText(`${FOLDER}${layer.folder}/${name}`).split('\n'))
    .filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line): [string, string] => {
      const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? []
      if (name === undefined || value === undefined) throw new Error(`no setting: ${line}`)
      return [name, value]
    }),
  )
}

const home = ({ apiVersion }: Manifest): string =>
  apiVersion.startsWith('keda.sh/') ? '@kubernetes-models/keda' : 'kubernetes-models'
const at = (manifest: Manifest): string => `${home(manifest)}/${manifest.apiVersion}/${manifest.kind}`

type Model = new (data: Manifest) => { validate(): void }
const models = z.record(
  z.string(),
  z.custom<Model>((value) => typeof value === 'function'),
)

/** Throws with what the schema of its kind does not take. Fields that it does not know are not among that. */
export function validate(manifest: Manifest): void {
  const Model = models.parse(require(at(manifest)))[manifest.kind]
  if (!Model) throw new Error(`there is no schema of ${manifest.kind}`)
  new Model(manifest).validate()
}

/** What the types of each kind refuse, fields that they do not know among it: the compiler's lines, by the manifest's place. */
export function typeFaults(manifests: readonly Manifest[]): readonly string[] {
  const folder = temporaryFolder()
  const files = manifests.map((manifest, index) => {
    const type = `I${manifest.kind}`
    const from = JSON.stringify(join(ROOT, 'node_modules', at(manifest)))
    const text = `import type { ${type} } from ${from}\nexport const it: ${type} = ${JSON.stringify(manifest, null, 2)}\n`
    writeFileSync(join(folder, `${index}.ts`), text)
    return `${index}.ts`
  })
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'esnext', '--moduleResolution', 'bundler']
  try {
    execFileSync(process.execPath, [`${ROOT}node_modules/typescript/bin/tsc`, ...options, ...files], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return []
  } catch (error) {
    // The compiler ends with an error where it has found something, and says what on its output.
    return z
      .object({ stdout: z.string() })
      .parse(error)
      .stdout.split('\n')
      .filter((line) => /^\d+\.ts/.test(line))
  }
}
