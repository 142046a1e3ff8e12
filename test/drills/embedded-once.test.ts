/** The embedded stack killed twice in the first steps of a cycle. Whole cycles, and every kind of kill: npm run drill */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Conservation } from '../../client/conservation.js'
import { temporalForTests } from '../support/temporal.js'
import { type EmbeddedCycle, embeddedCycle, PROGRAM, STARTS_AT } from './embedded-cycle.js'
import { drillVillage } from './drill-village.js'
import { type EmbeddedStack, startEmbeddedStack } from './embedded-stack.js'

const temporal = await temporalForTests('cli')

describe.skipIf(temporal === undefined)('kill -9 of the embedded stack', () => {
  let stack: EmbeddedStack
  let cycle: EmbeddedCycle
  beforeAll(async () => {
    const village = drillVillage()
    stack = await startEmbeddedStack(temporal ?? '', STARTS_AT, village)
    cycle = embeddedCycle(stack, village)
  }, 120_000)
  afterAll(() => stack.remove())

  test('while it mails, and then with its workflow server: it goes on where it was', { timeout: 240_000 }, async () => {
    await stack.dieAt(['mail.claimed'])
    for (const step of ['the data request', 'the list']) await cycle.steps.find(([name]) => name === step)?.[1]()
    expect(stack.waiting).toEqual([])
    await stack.kill('both')
    const conservation = await stack.ask<Conservation>('ledger', {}, { programId: PROGRAM })
    expect(conservation).toMatchObject({ balances: true, lost: 0, doubled: 0 })
    const end = await cycle.endState()
    expect(end.messages).toBe(1)
    expect(end.sendings).toEqual({ 'data-request/1': 'accepted' })
    expect(end.events).toMatchObject({ 'data-request-sent': 1, 'list-signed': 2 })
    expect(cycle.decisions).toEqual([])
    // the one that was to die at its point, the one that did, and the one that was killed from outside
    expect(stack.restarts).toBe(3)
  })
})
