// npm run client: prints the client's types from the OpenAPI document.
// Must not know: how.
import { writeFileSync } from 'node:fs'
import { ROOT } from '../support/readme.ts'
import { printedTypes, TYPES_FILE } from './types.ts'

writeFileSync(ROOT + TYPES_FILE, await printedTypes())
