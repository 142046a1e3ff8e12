import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addMillis } from '../../domain/instant.js'
import { NOW, PASSWORD, startWebFixture, type WebFixture } from './web-fixture.js'

let web: WebFixture
beforeAll(async () => {
  web = await startWebFixture()
  await web.addOperator('kay', ['clerk'])
  await web.addOperator('locked', ['clerk'])
})
afterAll(() => web.close())

const signIn = (name: string, password: string, to = web) =>
  to.app.request('/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, password }),
  })
const cookieOf = (response: Response) => response.headers.get('set-cookie')?.split(';')[0] ?? ''
const whoIs = (cookie: string) => web.app.request('/session', { headers: { cookie } })

describe('a session', () => {
  test('is opened by name and password and says who is signed in', async () => {
    const response = await signIn('kay', PASSWORD)
    expect(await response.json()).toEqual({ value: { name: 'kay', roles: ['clerk'] } })
    const who = await whoIs(cookieOf(response))
    expect(await who.json()).toEqual({ value: { name: 'kay', roles: ['clerk'] } })
  })

  test('travels in a cookie that scripts and other sites never get', async () => {
    const cookie = (await signIn('kay', PASSWORD)).headers.get('set-cookie')
    expect(cookie).toMatch(/^meterhall_session=meterhall_[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/)
  })

  test('behind TLS goes over TLS only', async () => {
    const behind = await startWebFixture({ behindTls: true })
    await behind.addOperator('kay', ['clerk'])
    expect((await signIn('kay', PASSWORD, behind)).headers.get('set-cookie')).toContain('; Secure')
    await behind.close()
  })

  test('does for a verb, but its secret does not as a bearer token', async () => {
    const cookie = cookieOf(await signIn('kay', PASSWORD))
    const body = JSON.stringify({ verbId: 'from-a-session', programId: 'mahomet', input: { text: 'hello' } })
    const post = (headers: Record<string, string>) =>
      web.app.request('/verbs/note', {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      })
    expect((await post({ cookie })).status).toBe(200)
    expect((await post({ authorization: `Bearer ${cookie.split('=')[1]}` })).status).toBe(401)
  })

  test('ends with signing out, for every copy of the cookie', async () => {
    const cookie = cookieOf(await signIn('kay', PASSWORD))
    const out = await web.app.request('/session', { method: 'DELETE', headers: { cookie } })
    expect(out.headers.get('set-cookie')).toMatch(/^meterhall_session=; Max-Age=0/)
    expect((await whoIs(cookie)).status).toBe(401)
  })

  test('ends after twelve hours', async () => {
    const cookie = cookieOf(await signIn('kay', PASSWORD))
    web.at = addMillis(NOW, 12 * 3_600_000 - 1)
    expect((await whoIs(cookie)).status).toBe(200)
    web.at = addMillis(NOW, 12 * 3_600_000)
    expect((await whoIs(cookie)).status).toBe(401)
    web.at = NOW
  })
})

describe('signing in', () => {
  test('a wrong password and an unknown name get the same answer', async () => {
    const [wrong, unknown] = [await signIn('kay', 'not this one'), await signIn('nobody', PASSWORD)]
    expect([wrong.status, unknown.status]).toEqual([401, 401])
    expect(await wrong.text()).toBe(await unknown.text())
    expect(wrong.headers.get('set-cookie')).toBeNull()
  })

  test('after ten wrong passwords even the right one waits five minutes, for this name only', async () => {
    for (let tries = 0; tries < 10; tries++) expect((await signIn('locked', 'wrong')).status).toBe(401)
    expect((await signIn('locked', PASSWORD)).status).toBe(429)
    expect((await signIn('kay', PASSWORD)).status).toBe(200)
    web.at = addMillis(NOW, 5 * 60_000)
    expect((await signIn('locked', PASSWORD)).status).toBe(200)
    web.at = NOW
  })

  test('a right password in between starts the count again', async () => {
    for (let round = 0; round < 2; round++) {
      for (let tries = 0; tries < 9; tries++) await signIn('kay', 'wrong')
      expect((await signIn('kay', PASSWORD)).status).toBe(200)
    }
  })

  test('with a field too many, or as a form, is refused', async () => {
    const headers = { 'content-type': 'application/json' }
    const extra = JSON.stringify({ name: 'kay', password: PASSWORD, remember: true })
    expect((await web.app.request('/session', { method: 'POST', headers, body: extra })).status).toBe(400)
    const form = { method: 'POST', body: new URLSearchParams({ name: 'kay', password: PASSWORD }) }
    expect((await web.app.request('/session', form)).status).toBe(415)
  })
})
