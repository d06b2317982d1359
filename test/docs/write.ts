// npm run docs: writes what documents print from the code into them.
// Must not know: which tables there are.
import { writeFileSync } from 'node:fs'
import { readText, ROOT } from '../support/readme.ts'
import { printed, PRINTED_IN } from './printed.ts'

for (const file of PRINTED_IN) {
  const before = readText(file)
  const after = await printed(file, before)
  if (after === before) continue
  writeFileSync(ROOT + file, after)
  process.stdout.write(`${file} is printed anew\n`)
}
