/** `list review` without its sentences. */
import { strict as assert } from 'node:assert'
import type { Findings } from '../contest.js'
import { peakMegabytes, processorSeconds } from '../processor-time.js'
import type { ListSettings } from './contest.js'
import { reviewed } from './reviewed.js'

export async function measure(settings: ListSettings): Promise<Findings> {
  const before = processorSeconds()
  const started = performance.now()
  const review = await reviewed(settings)
  const seconds = (performance.now() - started) / 1000
  const processor = processorSeconds() - before
  assert.equal(review.rows, settings.rows)
  const { rows } = settings
  return { 'list-rows': rows / seconds, 'list-rows-cpu': rows / processor, 'list-memory': peakMegabytes() }
}
