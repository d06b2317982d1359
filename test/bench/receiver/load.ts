// Whoever sends webhooks: as fast as they are answered over so many connections, or one every so many milliseconds. A process of its
// own, so that what it costs is nobody's here; raw sockets, so that it costs little.
// Must not know: who answers.
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { loadSchema, type Load, type Sent } from './loads.ts'

const END_OF_HEAD = '\r\n\r\n'

/** One connection that stays open; one request at a time on it. */
async function open({ url, path }: Load): Promise<(number: number) => Promise<boolean>> {
  const { hostname, port } = new URL(url)
  const socket: Socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let [heard, answered]: [string, (ok: boolean) => void] = ['', () => {}]
  socket.setEncoding('latin1').on('data', (chunk) => {
    heard += String(chunk)
    const head = heard.indexOf(END_OF_HEAD)
    const length = /content-length: (\d+)/i.exec(heard)?.[1]
    if (head < 0 || length === undefined || heard.length < head + END_OF_HEAD.length + Number(length)) return
    const ok = heard.startsWith('HTTP/1.1 200')
    heard = ''
    answered(ok)
  })
  return (number) => {
    const body = JSON.stringify({ imp_uid: `imp-${number}`, merchant_uid: `o-${number}`, status: 'paid' })
    const head = `POST ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`
    return new Promise((resolve) => {
      answered = resolve
      socket.write(head + END_OF_HEAD + body)
    })
  }
}

/** As fast as they are answered. */
async function saturate(load: Load): Promise<Sent> {
  const senders = await Promise.all(Array.from({ length: load.connections }, () => open(load)))
  const began = performance.now()
  let [next, refused] = [load.first, 0]
  const ackMs: number[] = []
  const lane = async (send: (number: number) => Promise<boolean>) => {
    while (performance.now() - began < load.forMs) {
      const due = performance.now()
      if (!(await send(next++))) refused += 1
      ackMs.push(performance.now() - due)
    }
  }
  await Promise.all(senders.map(lane))
  return { answered: ackMs.length, refused, tookMs: performance.now() - began, ackMs }
}

/** At their times, whoever has answered: a slow answer delays none but those on its connection. */
async function pace(load: Load, everyMs: number): Promise<Sent> {
  const free = await Promise.all(Array.from({ length: load.connections }, () => open(load)))
  const began = performance.now()
  const ackMs: number[] = []
  let refused = 0
  const under: Promise<void>[] = []
  for (let index = 0; index * everyMs < load.forMs; index += 1) {
    const due = began + index * everyMs
    await pause(Math.max(0, due - performance.now()))
    const send = free.shift()
    if (!send) throw new Error('no connection is free: more than all of them wait for their answers')
    const answer = send(load.first + index).then((ok) => {
      ackMs.push(performance.now() - due)
      if (!ok) refused += 1
      free.push(send)
    })
    under.push(answer)
  }
  await Promise.all(under)
  return { answered: ackMs.length, refused, tookMs: performance.now() - began, ackMs }
}

const load = loadSchema.parse(JSON.parse(process.argv[2] ?? ''))
const result = await (load.everyMs === undefined ? saturate(load) : pace(load, load.everyMs))
process.stdout.write(JSON.stringify({ ...result, ackMs: result.ackMs.toSorted((a, b) => a - b) }), () =>
  process.exit(0),
)
