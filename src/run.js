// Runs one of our programs in this very process, from one file: `node src/run.js src/main.ts …`.
// Must not know: what the program does, and how its file is made.
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundled } from './bundle/bundled.js'

const entry = process.argv[2] ?? 'src/main.ts'
// The program reads its arguments as if it had been started by itself.
process.argv.splice(1, 2, resolve(entry))
// An error names the line of the source.
process.setSourceMapsEnabled(true)
await import(pathToFileURL(await bundled(entry)).href)
