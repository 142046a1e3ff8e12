import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { callVerb } from '../../cli/verb-call.js'
import { freePort } from '../support/postgres.js'

describe('what a person is told whose command was not answered', () => {
  let server: Server
  let folder: string
  let ids: string[]
  let answer: { status: number; code: string }
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'meterhall-verb-call-'))
    server = createServer((request, response) => {
      let body = ''
      request.on('data', (part) => {
        body += part
      })
      request.on('end', () => {
        ids.push((JSON.parse(body) as { verbId: string }).verbId)
        response.writeHead(answer.status, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ error: { code: answer.code, message: 'as programs are told' } }))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    writeFileSync(join(folder, 'access.json'), JSON.stringify({ url, token: 'token' }))
  })
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve))
    rmSync(folder, { recursive: true, force: true })
  })
  beforeEach(() => {
    ids = []
  })

  test.each([
    [503, 'RUNS_UNREACHABLE', /not decided yet.*meterhall status.*type the same again with --id/],
    [504, 'NO_ANSWER_YET', /may still be carried out.*meterhall status.*type the same again with --id/],
    [503, 'LEDGER_UNREACHABLE', /nothing was recorded: type the same again with --id/],
  ])('%s %s: what it means and how to go on', async (status, code, sentence) => {
    answer = { status, code }
    await expect(callVerb({ data: folder, json: false }, 'award', {})).rejects.toThrow(sentence)
    expect(ids).toHaveLength(1)
  })

  test('any other refusal is told as it came', async () => {
    answer = { status: 409, code: 'AWARDED_ALREADY' }
    await expect(callVerb({ data: folder, json: false }, 'award', {})).rejects.toThrow('as programs are told')
  })

  test('nobody listens: asked three times, then a sentence that says so', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'meterhall-verb-call-'))
    writeFileSync(
      join(elsewhere, 'access.json'),
      JSON.stringify({ url: `http://127.0.0.1:${await freePort()}`, token: 'token' }),
    )
    await expect(callVerb({ data: elsewhere, json: false }, 'award', {})).rejects.toThrow(
      /does not answer; start it with: npm run up/,
    )
    rmSync(elsewhere, { recursive: true })
  })
})
