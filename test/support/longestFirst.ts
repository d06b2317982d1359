// The order of the files: those that start the whole program first, so that no worker is left alone with one of them at the end. Those
// that share a process are behind each other, for it goes on only while the next one is of its kind.
// Must not know: how long a file takes. Within each kind vitest's own order stays.
import { readFileSync } from 'node:fs'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const STARTS = /\b(shopTest|startShop|programTest|startFleet|inSkippedTime|startNpm|demo)\(/
const startsTheProgram = ({ moduleId }: TestSpecification): boolean => STARTS.test(readFileSync(moduleId, 'utf8'))

/** Of a project's files; those of one that is not named here come first. */
const ORDER = ['shops', 'alone', 'sharing']
const placeOf = (file: TestSpecification): number =>
  file.project.config.isolate && startsTheProgram(file) ? -1 : ORDER.indexOf(file.project.name)

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const places = new Map(sorted.map((file) => [file, placeOf(file)]))
    return sorted.toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0))
  }
}
