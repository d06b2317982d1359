// What deploy/kubernetes runs: the documents of its layers, and each program with its container.
// Must not know: what a program needs.
import { z } from 'zod'
import { manifestsOf, readLayer } from './manifests.ts'

export const base = readLayer('base')
const keda = readLayer('components/keda')
export const overlay = readLayer('overlays/production')
export const layers = [base, keda, overlay]
export const all = layers.flatMap(manifestsOf)
export const manifests = all.map(({ manifest }) => manifest)

export const labels = z.record(z.string(), z.string())
const variable = z.strictObject({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .strictObject({
      secretKeyRef: z.strictObject({ name: z.string(), key: z.string(), optional: z.literal(true).optional() }),
    })
    .optional(),
})
const probe = z.object({ httpGet: z.strictObject({ path: z.string(), port: z.string() }) })
const container = z.object({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()),
  env: z.array(variable),
  envFrom: z.array(z.strictObject({ configMapRef: z.object({ name: z.string() }) })).default([]),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  startupProbe: probe.optional(),
  readinessProbe: probe.optional(),
  livenessProbe: probe.optional(),
  lifecycle: z
    .object({ preStop: z.object({ exec: z.object({ command: z.tuple([z.literal('sleep'), z.string()]) }) }) })
    .optional(),
  securityContext: z.unknown(),
  volumeMounts: z.array(z.unknown()),
})
const pod = z.looseObject({
  terminationGracePeriodSeconds: z.number().optional(),
  containers: z.tuple([container]),
  volumes: z.array(z.unknown()),
})
export const running = z.object({
  metadata: z.object({ name: z.string(), labels }),
  spec: z.object({
    replicas: z.number().optional(),
    selector: z.object({ matchLabels: labels }).optional(),
    template: z.object({ metadata: z.object({ labels }), spec: pod }),
  }),
})
const RUNNING = ['Deployment', 'Job']
export const programs = manifests
  .filter(({ kind }) => RUNNING.includes(kind))
  .map((manifest) => {
    const { metadata, spec } = running.parse(manifest)
    return { kind: manifest.kind, name: metadata.name, ...spec, pod: spec.template.spec }
  })
export const program = (role: string) => {
  const found = programs.find(({ name }) => name === `paymentwall-saga-${role}`)
  if (!found) throw new Error(`deploy/kubernetes has no ${role}`)
  return { ...found, container: found.pod.containers[0] }
}
export const ROLES = ['api', 'worker'] as const
