// Starts a Temporal server, says where it is, and stays until it is killed.
// Must not stop the server: that it ends all the same is what is shown.

import { startTemporalServer } from '../../../src/temporal/server/server.ts'

const [cli = '', dataDir = ''] = process.argv.slice(2)
const log = (line: string) => console.error(line)
const server = await startTemporalServer({ cli, dataDir, ip: '127.0.0.1', port: 0, namespace: 'default', log })
console.log(`${server.address} ${server.pid}`)
