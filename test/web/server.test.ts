import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWebServer, type WebServer } from '../../web/server.js'
import { startWebFixture, type WebFixture } from './web-fixture.js'

let web: WebFixture
let server: WebServer
let token: string
let temporalAnswers = true
const metrics = { contentType: 'text/plain; version=0.0.4', text: async () => 'meterhall_ledger_up 1\n' }

beforeAll(async () => {
  web = await startWebFixture()
  await web.addOperator('kay', ['clerk'])
  token = await web.token('kay')
  const getSystemInfo = () => (temporalAnswers ? Promise.resolve({}) : new Promise(() => {}))
  const temporal = { connection: { workflowService: { getSystemInfo } } } as never
  const desk = { ...web.options.desk, temporal }
  server = await startWebServer({ ...web.options, desk, metrics, port: 0 })
})
afterAll(async () => {
  await server.close()
  await web.close()
})

const post = (body: string) =>
  fetch(`${server.url}/verbs/note`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body,
  })
const note = (verbId: string, text = 'hello') => JSON.stringify({ verbId, programId: 'mahomet', input: { text } })

describe('the web server', () => {
  test('listens on this machine only unless told otherwise', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  test('answers a verb, and goes on answering after a request that was far too long', async () => {
    expect((await post(note('over-a-socket'))).status).toBe(200)
    expect((await post(note('far-too-long', 'x'.repeat(5_000_000)))).status).toBe(413)
    expect((await post(note('after-it'))).status).toBe(200)
  })

  test('says in its headers that nothing may be framed, guessed, run or kept', async () => {
    const { headers } = await fetch(`${server.url}/healthz`)
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-powered-by')).toBeNull()
  })

  test.each(['/', '/verbs', '/verbs/note', '/healthz/more'])('GET %s is answered in JSON with 404', async (path) => {
    const response = await fetch(`${server.url}${path}`)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ error: { code: 'NO_SUCH_PAGE' } })
  })

  test('is ready while Temporal does not answer, and says so', async () => {
    const ready = async () => {
      const response = await fetch(`${server.url}/readyz`)
      return { status: response.status, body: await response.json() }
    }
    expect(await ready()).toEqual({ status: 200, body: { ready: true, ledger: true, temporal: true } })
    temporalAnswers = false
    expect(await ready()).toEqual({ status: 200, body: { ready: true, ledger: true, temporal: false } })
    temporalAnswers = true
  })

  test('serves the page for Prometheus to whoever reaches it', async () => {
    const response = await fetch(`${server.url}/metrics`)
    expect(await response.text()).toBe('meterhall_ledger_up 1\n')
    expect(response.headers.get('content-type')).toBe(metrics.contentType)
  })

  test('a second one on the same port is told in a sentence', async () => {
    const port = Number(new URL(server.url).port)
    await expect(startWebServer({ ...web.options, port })).rejects.toThrow(`Port ${port} is taken by another process`)
  })

  test('closing lets a request finish that has begun, and takes no other', async () => {
    const other = await startWebServer({ ...web.options, port: 0 })
    const body = note('begun-before')
    const answered = new Promise<number | undefined>((done, failed) => {
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': body.length,
      }
      const begun = request(`${other.url}/verbs/note`, { method: 'POST', headers }, (response) => {
        response.resume()
        response.once('end', () => done(response.statusCode))
      })
      begun.once('error', failed)
      begun.write(body.slice(0, 10))
      fetch(`${other.url}/healthz`).then(async (response) => {
        await response.text()
        const closed = other.close()
        begun.end(body.slice(10))
        await closed
      }, failed)
    })
    expect(await answered).toBe(200)
    await expect(fetch(`${other.url}/healthz`)).rejects.toThrow()
  })
})

describe('a ledger that does not answer', () => {
  test('makes the server not ready', async () => {
    const down = await startWebFixture()
    await down.close()
    const response = await down.app.request('/readyz')
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ ready: false, ledger: false })
  })
})
