// deploy/kubernetes/run.sh with a kubectl that only notes what it is asked: the Pod that it makes of the worker's Deployment.
// Must not know: a cluster.
import { execFileSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ROOT } from '../support/readme.ts'
import { temporaryFolder } from '../support/temporalCli.ts'
import { readAll, typeFaults, validate } from './manifests.ts'
import { manifests, program } from './programs.ts'

const here = (command: string): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`])
    return true
  } catch {
    return false
  }
}

/** Answers for the Deployment, keeps the Pod that is to be made, and says that it ended with this code. */
function run(args: readonly string[], { image, endedWith }: { readonly image?: string; readonly endedWith: number }) {
  const folder = temporaryFolder()
  const worker = manifests.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name.endsWith('-worker'))
  writeFileSync(join(folder, 'worker.json'), JSON.stringify(worker))
  const kubectl = `#!/bin/sh
echo "$1 $2" >>${folder}/asked
case "$1 $2" in
'get deployment') cat ${folder}/worker.json ;;
'create --filename') cat >${folder}/pod.json ;;
logs*) echo 'what the command says' ;;
'get pod/'*) echo ${endedWith} ;;
esac
`
  writeFileSync(join(folder, 'kubectl'), kubectl)
  chmodSync(join(folder, 'kubectl'), 0o755)
  const env = { PATH: [folder, process.env['PATH']].join(delimiter), IMAGE: image ?? '' }
  const started = () => execFileSync('sh', [`${ROOT}deploy/kubernetes/run.sh`, ...args], { env, encoding: 'utf8' })
  const read = (name: string) => readFileSync(join(folder, name), 'utf8')
  return { started, pod: () => readAll(read('pod.json'))[0], asked: () => read('asked').trim().split('\n') }
}

const spec = z.object({
  spec: z.object({ restartPolicy: z.string(), containers: z.tuple([z.looseObject({ image: z.string() })]) }),
})

describe.skipIf(!here('jq'))('run.sh (skipped where jq is not installed)', () => {
  test('makes a Pod with the settings and rights of the worker, without its probes, and takes it away again', () => {
    const { started, pod, asked } = run(['replay-check', '--query', 'WorkflowType="refund"'], { endedWith: 0 })
    expect(started()).toContain('what the command says\n')
    const made = pod()
    if (!made) throw new Error('no Pod was made')
    validate(made)
    expect(typeFaults([made])).toEqual([])
    const [own] = spec.parse(made).spec.containers
    const { env, envFrom, image, securityContext } = program('worker').container
    expect(own).toMatchObject({ env, envFrom, image, securityContext })
    expect(own['args']).toEqual(['replay-check', '--query', 'WorkflowType="refund"'])
    for (const gone of ['startupProbe', 'readinessProbe', 'livenessProbe', 'ports'])
      expect(own).not.toHaveProperty(gone)
    expect(made.metadata).toEqual({ name: 'paymentwall-saga-replay-check' })
    expect(asked().at(-1)).toBe('delete pod')
  })

  test('takes another image where one is named, and ends as the command ends', () => {
    const image = 'registry.example.com/paymentwall-saga:0.2.0'
    const { started, pod } = run(['replay-check'], { image, endedWith: 2 })
    expect(started).toThrow(expect.objectContaining({ status: 2 }))
    expect(spec.parse(pod()).spec.containers[0].image).toBe(image)
  })
})
