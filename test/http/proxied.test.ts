// An API without keys behind a real nginx on this machine, as its guides set it up: a stranger is never the person local.
// Must not know: by which sign a proxy is found out. Skipped where nginx is not installed.
import { describe, expect, test } from 'vitest'
import { freePort } from '../../src/temporal/server/ports.ts'
import { nginxHere, startNginx } from '../support/nginx.ts'
import { sendRaw } from '../support/passedOn.ts'
import { temporaryFolder } from '../support/temporalCli.ts'
import { order, startApi } from './api.ts'

const open = await startApi()
const keyed = await startApi({ keys: [{ name: 'shop', role: 'checkout', key: 'key-of-the-shop' }] })
const nginx = nginxHere()

async function behindNginx(url: string, lines: string): Promise<string> {
  const folder = temporaryFolder()
  const port = await freePort('127.0.0.1')
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((of) => `${of}_temp_path ${folder}/${of};`)
  const location = `location / { proxy_pass http://localhost:${new URL(url).port}; ${lines} }`
  const http = `access_log off; ${temporary.join(' ')}`
  const configuration = `pid ${folder}/nginx.pid; events {} http { ${http} server { listen 127.0.0.1:${port}; ${location} } }\n`
  await startNginx(nginx ?? '', configuration, folder, port)
  return `http://127.0.0.1:${port}`
}

describe.skipIf(nginx === undefined)('through nginx (skipped where it is not installed)', () => {
  test.each([
    ['with nothing set', ''],
    ['with the Host that came', 'proxy_set_header Host $http_host;'],
    ['that says who asked', 'proxy_http_version 1.1; proxy_set_header X-Real-IP $remote_addr;'],
    ['in a chain', 'proxy_http_version 1.1; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;'],
  ])(
    '%s, nobody is local, whatever he sends',
    async (_, lines) => {
      const url = await behindNginx(open.url, lines)
      const sent = { line: 'POST /payments', json: order('through-nginx') }
      for (const headers of [['Host: pay.example.com'], ['Host: localhost']])
        expect((await sendRaw(url, { ...sent, headers })).status).toBe(403)
      expect((await open.call('GET /payments/through-nginx')).status).toBe(404)
    },
    60_000,
  )

  test('a key opens the API as it does without', async () => {
    const url = await behindNginx(keyed.url, '')
    const headers = ['Host: pay.example.com', 'Authorization: Bearer key-of-the-shop']
    expect((await sendRaw(url, { line: 'GET /payments', headers })).status).toBe(200)
  }, 60_000)
})
