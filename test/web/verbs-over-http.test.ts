import { ServiceError, WorkflowNotFoundError } from '@temporalio/client'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { InputFileError } from '../../persistence/input-file.js'
import { startWebFixture, type WebFixture } from './web-fixture.js'

let web: WebFixture
let clerk: string
let auditor: string
let ids = 0
const newId = () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`
const request = (input: unknown = { text: 'hello' }, verbId = newId()) => ({ verbId, programId: 'mahomet', input })
const errorOf = (answer: { body: unknown }) => (answer.body as { error: Record<string, string> }).error

beforeAll(async () => {
  web = await startWebFixture()
  await web.addOperator('kay', ['clerk'])
  await web.addOperator('audrey', ['auditor'])
  clerk = await web.token('kay')
  auditor = await web.token('audrey')
})
afterAll(() => web.close())
beforeEach(() => {
  web.kept.length = 0
  web.log.length = 0
})

describe('a verb over HTTP', () => {
  test('is carried out as whoever is signed in and answers with its value', async () => {
    expect(await web.ask(clerk, 'note', request())).toEqual({ status: 200, body: { value: { notes: 1 } } })
    expect(web.kept).toEqual(['kay: hello'])
  })

  test('with the same id has one effect and the same answer, one after the other', async () => {
    const same = request()
    const first = await web.ask(clerk, 'note', same)
    expect(await web.ask(clerk, 'note', same)).toEqual(first)
    expect(web.kept).toHaveLength(1)
  })

  test('with the same id twenty times at once has one effect and one answer', async () => {
    const same = request()
    const answers = await Promise.all(Array.from({ length: 20 }, () => web.ask(clerk, 'note', same)))
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify({ status: 200, body: { value: { notes: 1 } } })]),
    )
    expect(web.kept).toHaveLength(1)
  })

  test('refused by the domain it is a conflict, with code, sentence and clause, and may be asked again', async () => {
    const verbId = newId()
    expect(await web.ask(clerk, 'note', request({ text: 'too early' }, verbId))).toEqual({
      status: 409,
      body: { error: { code: 'NO_AWARD', message: 'Notes come after the award.', clause: 'Mahomet, E.3' } },
    })
    expect(await web.ask(clerk, 'note', request({ text: 'now' }, verbId))).toMatchObject({ status: 200 })
  })
})

describe('who may', () => {
  test.each([
    ['no token', {}],
    ['an unknown token', { authorization: 'Bearer meterhall_guess' }],
    ['another scheme', { authorization: 'Basic a2F5OmtheQ==' }],
    ['an unknown session', { cookie: 'meterhall_session=guess' }],
  ])('with %s nobody is signed in', async (_what, headers) => {
    const response = await web.app.request('/verbs/note', {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(request()),
    })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer')
    expect(errorOf({ body: await response.json() }).code).toBe('NOT_SIGNED_IN')
    expect(web.kept).toEqual([])
  })

  test('a role that the verb does not name is refused, and the roles it does name are told', async () => {
    const answer = await web.ask(auditor, 'note', request())
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'ROLE_MISSING' } } })
    expect(errorOf(answer).message).toContain('clerk or village')
    expect(web.kept).toEqual([])
  })

  test('the request cannot name another actor', async () => {
    expect(await web.ask(clerk, 'note', { ...request(), actor: 'mayor' })).toMatchObject({ status: 400 })
    expect(web.kept).toEqual([])
  })
})

describe('bad input', () => {
  const cases: readonly (readonly [string, unknown, number, string, RegExp])[] = [
    ['a cut-off document', '{"verbId":', 400, 'MALFORMED_JSON', /The request note is not one JSON document/],
    ['nothing', '', 400, 'MALFORMED_JSON', /not one JSON document/],
    ['a list', [], 400, 'INVALID_INPUT', /expected object/],
    ['no id', { programId: 'mahomet', input: {} }, 400, 'INVALID_INPUT', /verbId/],
    ['an id of seven letters', { ...request(), verbId: 'shorter' }, 400, 'INVALID_INPUT', /verbId/],
    ['a field that the request does not have', { ...request(), extra: 1 }, 400, 'INVALID_INPUT', /extra/],
    [
      'a field that the verb does not have',
      request({ text: 'a', txt: 'b' }),
      400,
      'INVALID_INPUT',
      /input of note .*txt/,
    ],
    ['a field of another type', request({ text: 7 }), 400, 'INVALID_INPUT', /text: expected string/],
    ['no input where there must be one', { verbId: newId(), programId: 'mahomet' }, 400, 'INVALID_INPUT', /text/],
    ['no program', { verbId: newId(), input: { text: 'a' } }, 400, 'PROGRAM_MISSING', /programId/],
    ['a program that does not run', { ...request(), programId: 'sangamon' }, 404, 'NO_SUCH_PROGRAM', /program start/],
    ['more than the verb takes', request({ text: 'x'.repeat(10_000) }), 413, 'TOO_LARGE', /10000 bytes/],
  ]
  test.each(cases)('%s', async (_what, body, status, code, message) => {
    const answer = await web.ask(clerk, 'note', body)
    expect({ status: answer.status, code: errorOf(answer).code }).toEqual({ status, code })
    expect(errorOf(answer).message).toMatch(message)
    expect(web.kept).toEqual([])
  })

  test('as much as the verb takes, to the byte, is taken', async () => {
    const empty = JSON.stringify(request({ text: '' }))
    const fitting = { ...JSON.parse(empty), input: { text: 'x'.repeat(10_000 - empty.length) } }
    expect(await web.ask(clerk, 'note', fitting)).toMatchObject({ status: 200 })
    const tooLong = { ...fitting, verbId: newId(), input: { text: `${fitting.input.text}x` } }
    expect(await web.ask(clerk, 'note', tooLong)).toMatchObject({ status: 413 })
  })

  test('a length that the header denies is counted all the same', async () => {
    const chunks = [JSON.stringify(request({ text: 'x'.repeat(9_000) })), 'x'.repeat(9_000)]
    const body = new ReadableStream({
      start(stream) {
        for (const chunk of chunks) stream.enqueue(new TextEncoder().encode(chunk))
        stream.close()
      },
    })
    const headers = { authorization: `Bearer ${clerk}`, 'content-type': 'application/json', 'content-length': '10' }
    const init = { method: 'POST', headers, body, duplex: 'half' }
    expect((await web.app.request('/verbs/note', init as RequestInit)).status).toBe(413)
  })

  test('a form is not JSON: no other site can send a verb with somebody’s session', async () => {
    const headers = { authorization: `Bearer ${clerk}`, 'content-type': 'text/plain' }
    const response = await web.app.request('/verbs/note', { method: 'POST', headers, body: JSON.stringify(request()) })
    expect(response.status).toBe(415)
  })

  test('bytes that are no UTF-8 are not read as something else', async () => {
    const headers = { authorization: `Bearer ${clerk}`, 'content-type': 'application/json' }
    const body = Buffer.concat([Buffer.from('{"verbId":"'), Buffer.from([0xff]), Buffer.from('"}')])
    expect((await web.app.request('/verbs/note', { method: 'POST', headers, body })).status).toBe(400)
  })

  test.each(['nothing', 'constructor', '__proto__', 'toString'])('the verb %j does not exist', async (name) => {
    const answer = await web.ask(clerk, name, request())
    expect(answer).toMatchObject({ status: 404, body: { error: { code: 'NO_SUCH_VERB' } } })
  })
})

describe('trouble', () => {
  test('an answer that takes too long is told, and is there for who asks again', async () => {
    const slow = await startWebFixture({ answerLimitMs: 20 })
    await slow.addOperator('kay', ['clerk'])
    const token = await slow.token('kay')
    const same = request()
    const release = slow.hold()
    expect(await slow.ask(token, 'note', same)).toMatchObject({
      status: 504,
      body: { error: { code: 'NO_ANSWER_YET' } },
    })
    release()
    expect(await slow.ask(token, 'note', same)).toEqual({ status: 200, body: { value: { notes: 1 } } })
    await slow.close()
  })

  const grpc = Object.assign(new Error('14 UNAVAILABLE'), { code: 14, details: '', metadata: {} })
  test.each([
    ['Temporal is down', new ServiceError('Failed to connect', { cause: grpc }), 503, 'RUNS_UNREACHABLE'],
    ['the run has ended', new WorkflowNotFoundError('not found', 'cycle', undefined), 409, 'NO_RUN'],
    ['the database is down', Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }), 503, 'LEDGER_UNREACHABLE'],
    ['the database stops', Object.assign(new Error('stopping'), { code: '57P01' }), 503, 'LEDGER_UNREACHABLE'],
    ['the connection broke', new Error('Connection terminated unexpectedly'), 503, 'LEDGER_UNREACHABLE'],
    ['a file is no list', new InputFileError('The list x is empty; send another.'), 400, 'FILE_UNUSABLE'],
    ['there is a bug', new Error('Ada Unmistakable fell over'), 500, 'INTERNAL'],
  ])('when %s the answer says what to do and nothing of the cause', async (_what, error, status, code) => {
    web.failNext = error
    const same = request()
    const answer = await web.ask(clerk, 'note', same)
    expect({ status: answer.status, code: errorOf(answer).code }).toEqual({ status, code })
    expect(JSON.stringify(answer.body)).not.toMatch(/Unmistakable|refused|stopping/)
    expect(web.log.join('')).toContain('a request failed')
    expect(await web.ask(clerk, 'note', same)).toMatchObject({ status: 200 })
  })

  test('what was typed is not in the log', async () => {
    await web.ask(clerk, 'note', request({ text: 'Ada Unmistakable' }))
    await web.ask(clerk, 'note', request({ text: 'Ada Unmistakable', 'Unmistakable Lane': 1 }))
    expect(web.log.join('')).toContain('"verb":"note"')
    expect(web.log.join('')).not.toContain('Unmistakable')
  })
})
