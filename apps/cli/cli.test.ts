/** The command line: what each command answers, to right and to wrong use, beside one running installation. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Instance, newDataDir, removeDataDir, runCommand, startInstance } from '@hengjian/server/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const dataDir = newDataDir()
const emptyDir = newDataDir()
let instance: Instance
let file: string

beforeAll(async () => {
  instance = await startInstance(dataDir)
  mkdirSync(join(dataDir, 'my files'))
  file = join(dataDir, 'my files', 'inspections 2026.csv')
  // Old cars of model Z pass always, those of model Y half of the time.
  const rows = Array.from({ length: 80 }, (_, at) => {
    const day = `2026-03-${String(1 + (at % 28)).padStart(2, '0')}`
    return at % 2 === 0
      ? `z${at},${day} 10:00,Z,是,20`
      : `y${at},${day} 10:00,Y,${at % 4 === 1 ? '是' : '否'},20`
  })
  writeFileSync(
    file,
    `source_key,occurred_at,model,passed,vehicle_age_years\n${rows.join('\n')}\nbad,never,Y,是,20\n`,
  )
  const created = await instance.command(
    ...['user', 'create', 'first', '--name', '管理员', '--unit', '45', '--unit-name', '总队'],
    ...['--role', 'system_administrator', '--json'],
  )
  expect(created.stderr).toBe('')
  expect(JSON.parse(created.stdout)).toMatchObject({ userName: 'first', password: expect.any(String) })
})
afterAll(async () => {
  await instance?.stop()
  removeDataDir(dataDir)
  removeDataDir(emptyDir)
})

describe('any command', () => {
  test('--help lists them all; an unknown one is wrong use', async () => {
    const [help, unknown] = await Promise.all([
      runCommand(emptyDir, ['--help']),
      runCommand(emptyDir, ['fly']),
    ])
    expect(help.code).toBe(0)
    for (const name of 'start serve migrate sample import analyse lake audit keys user'.split(' '))
      expect(help.stdout).toMatch(new RegExp(`^ +${name}\\b`, 'm'))
    expect(unknown).toMatchObject({ code: 2, stdout: '' })
    expect(unknown.stderr).toContain("unknown command 'fly'")
  })

  test.each([
    ['migrate'],
    ['serve'],
    ['sample', '--json'],
    ['import', 'inspection', '/etc/hostname', '--map', 'native-inspection', '--unit', '45'],
    ['analyse', '--from', '2026-01-01', '--to', '2026-01-31'],
    ['audit', 'verify', '--json'],
    ['lake', 'verify'],
    ['user', 'create', 'x', '--name', 'x', '--unit', '45', '--role', 'handler'],
  ])('%s without a running database says so and leaves nothing behind', async (...args) => {
    const refused = await runCommand(emptyDir, args)
    expect(refused).toMatchObject({ code: 1, stdout: '' })
    expect(refused.stderr).toContain(`no PostgreSQL runs for ${emptyDir}: start it with "hengjian start"`)
    expect(() => readFileSync(join(emptyDir, 'keys.json'))).toThrow('ENOENT')
  })

  test('wrong configuration ends with 78 and every fault', async () => {
    const refused = await runCommand(dataDir, ['serve', '--roles', 'web,cook'], { env: { PORT: '99999' } })
    expect(refused.code).toBe(78)
    expect(refused.stderr).toContain('PORT')
    expect(refused.stderr).toContain('unknown role "cook"')
  })
})

test('migrate may be repeated', async () => {
  expect(await instance.command('migrate')).toMatchObject({
    code: 0,
    stdout: 'The database is up to date.\n',
  })
})

test('a second start on the same data folder is refused with the reason', async () => {
  const refused = await runCommand(dataDir, ['start', '--no-sample'], { env: { PORT: '0' } })
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain(`Another Hengjian is running on ${dataDir} (process ${instance.pid})`)
}, 60_000)

describe('user', () => {
  test('an account that exists, a unit or role that does not, a scope that is none', async () => {
    const create = (name: string, ...more: string[]) =>
      instance.command('user', 'create', name, '--name', 'x', ...more)
    const [twice, unit, role, scope, code] = await Promise.all([
      create('FIRST', '--unit', '45', '--role', 'handler'),
      create('second', '--unit', '99', '--role', 'handler'),
      create('second', '--unit', '45', '--role', 'king'),
      create('second', '--unit', '45', '--role', 'handler', '--scope', 'galaxy'),
      instance.command('user', 'code', 'first'),
    ])
    expect(twice).toMatchObject({ code: 2, stderr: 'error: an account FIRST exists already\n' })
    expect(unit).toMatchObject({ code: 2, stderr: expect.stringContaining('机构 99 不存在') })
    expect(role).toMatchObject({ code: 2, stderr: expect.stringContaining('king') })
    expect(scope).toMatchObject({ code: 2, stderr: expect.stringContaining('Allowed choices are own, unit') })
    expect(code).toMatchObject({ code: 2, stderr: expect.stringContaining('is no sample account') })
  }, 60_000)
})

describe('import', () => {
  const run = (...args: string[]) => instance.command('import', ...args)

  test('BIZ-9 brings a file in, names the rejects, and changes nothing when repeated', async () => {
    const first = await run('inspection', file, '--map', 'native-inspection', '--unit', '45', '--json')
    expect(first.stderr).toBe('')
    const result = JSON.parse(first.stdout)
    expect(result).toMatchObject({ records: 81, inserted: 80, skipped: 0, rejected: 1 })
    expect(readFileSync(result.rejectsPath, 'utf8')).toContain('82,occurred_at,不是时间：never')
    const second = await run('inspection', file, '--map', 'native-inspection', '--unit', '45')
    expect(second.code).toBe(0)
    expect(second.stdout).toContain('81 records: 0 facts new, 80 there already, 1 records rejected')
    expect(second.stdout).toContain('.rejects.csv')
  }, 60_000)

  test('wrong use names what is wrong', async () => {
    const notJson = join(dataDir, 'not json.json')
    const faulty = join(dataDir, 'faulty.json')
    writeFileSync(notJson, '{')
    writeFileSync(
      faulty,
      '{"name":"x","title":"x","fact":"inspection","source":"x","columns":{"colour":{"from":"a"}}}',
    )
    const native = ['--map', 'native-inspection']
    const answers = await Promise.all([
      run('inspection', file, '--unit', '45'),
      run('inspection', file, ...native),
      run('weather', file, ...native, '--unit', '45'),
      run('examination', file, ...native, '--unit', '45'),
      run('inspection', `${file}.none`, ...native, '--unit', '45'),
      run('inspection', file, ...native, '--unit', '99'),
      run('inspection', file, '--map', 'nowhere', '--unit', '45'),
      run('inspection', file, '--map', notJson, '--unit', '45'),
      run('inspection', file, '--map', faulty, '--unit', '45'),
    ])
    expect(answers.map(({ code }) => code)).toEqual(answers.map(() => 2))
    const said = [
      "required option '--map <mapping>'",
      "required option '--unit <code>'",
      'there is no fact "weather"; known: ',
      'the mapping native-inspection makes facts "inspection", not "examination"',
      `there is no file ${file}.none`,
      'there is no unit with the code 99',
      'there is no mapping nowhere: neither a file nor a known name',
      `${notJson} is no JSON`,
      'columns.colour: inspection 没有这一列',
    ]
    for (const [at, words] of said.entries()) expect(answers[at]!.stderr).toContain(words)
  }, 60_000)
})

describe('analyse', () => {
  const run = (...args: string[]) => instance.command('analyse', ...args)
  const MARCH = ['--from', '2026-03-01', '--to', '2026-03-31']
  const runsSoFar = async () => {
    const client = new pg.Client({ connectionString: await instance.adminUrl() })
    await client.connect()
    const { rows } = await client.query('SELECT count(*) AS n FROM analysis_run').finally(() => client.end())
    return rows[0].n
  }

  test('SUP-12 judges by the dimension, parameters and window given, and tells what cannot be computed', async () => {
    const plain = await run('V8.7', 'L8.1', ...MARCH, '--dimension', 'V8.7=model', '--unit', '45')
    expect(plain.code).toBe(0)
    expect(plain.stdout).toMatch(/^V8\.7 +1 findings in 2 groups/m)
    expect(plain.stdout).toMatch(/^L8\.1 +cannot be computed: fields missing \(.*examination\.passed/m)
    const json = await run(
      ...[
        'V8.7',
        ...MARCH,
        '--dimension',
        'V8.7=model',
        '--set',
        'V8.7.F1_age_years=25',
        '--window',
        'V8.7=period',
      ],
      '--json',
    )
    expect(json.stderr).toBe('')
    expect(JSON.parse(json.stdout)).toMatchObject({
      state: 'done',
      results: [{ code: 'V8.7', outcome: 'nothing', findings: 0 }],
    })
  }, 60_000)

  test('SUP-12 judges what changed since the last time, and takes no indicators for it', async () => {
    const first = await run('--extent', 'changed')
    expect([first.code, first.stdout]).toEqual([0, '0 findings; done.\n'])
    expect((await run('V8.7', '--extent', 'changed')).stderr).toMatch(/give neither codes nor other values/)
    expect((await run('--extent', 'all')).stderr).toMatch(/--from and --to are needed/)
    expect((await run('V8.7')).stderr).toMatch(/--from and --to are needed, unless --extent changed/)
  }, 60_000)

  test('SUP-12 explains what the indicators of a run share, and judges nothing', async () => {
    const before = await runsSoFar()
    const told = await run('V8.5', 'V8.7', 'V8.3', ...MARCH, '--explain')
    expect(told.code).toBe(0)
    expect(told.stdout.trimEnd().split('\n')).toEqual([
      '1 shared table for 2 of 3 indicators',
      expect.stringMatching(
        /^counted_1: rows of inspection by month, city, inspection\.institution_id; \d+ conditions$/,
      ),
      '  read by V8.5 V8.7',
      'by themselves: V8.3',
    ])
    expect(await runsSoFar()).toBe(before)
    expect((await run('--extent', 'changed', '--explain')).stderr).toMatch(/leave --extent out/)
  }, 60_000)

  test('a run is carried out once, though a worker is asked too', async () => {
    const client = new pg.Client({ connectionString: await instance.adminUrl() })
    await client.connect()
    try {
      const { rows } = await client.query(
        `SELECT r.state, r.done, jsonb_array_length(r.codes) AS codes,
                (SELECT count(*)::int FROM run_result x WHERE x.run_id = r.id) AS results,
                (SELECT count(*)::int FROM audit_entry e
                  WHERE e.object_id = r.id::text AND e.action = 'supervision.finish-analysis') AS finished
           FROM analysis_run r`,
      )
      expect(rows).toHaveLength(3)
      for (const row of rows)
        expect(row).toMatchObject({ state: 'done', done: row.codes, results: row.codes, finished: 1 })
    } finally {
      await client.end()
    }
  })

  test('wrong use names what is wrong', async () => {
    const answers = await Promise.all([
      run('V8.7', '--to', '2026-03-31'),
      run('V8.7', '--from', '2026-02-30', '--to', '2026-03-31'),
      run('V8.7', '--from', '2026-04-01', '--to', '2026-03-31'),
      run('012001', ...MARCH),
      run('V8.7', ...MARCH, '--dimension', 'model'),
      run('V8.7', ...MARCH, '--dimension', 'V8.7=colour'),
      run('V8.7', ...MARCH, '--set', 'V8.7.nothing=1'),
      run('V8.7', ...MARCH, '--window', 'V8.7=year'),
      run('V8.7', ...MARCH, '--set', 'V8.5.X5_rate_percent=1'),
    ])
    expect(answers.map(({ code }) => code)).toEqual(answers.map(() => 2))
    const said = [
      '--from and --to are needed, unless --extent changed',
      'must be a day, e.g. 2026-03-01',
      '结束日期不能早于开始日期',
      'no post-hoc indicator: 012001',
      'must look like V8.7=model',
      'has no column "colour"',
      '该指标没有这个参数',
      'must be day, month or period',
      '不在所选指标中',
    ]
    for (const [at, words] of said.entries()) expect(answers[at]!.stderr).toContain(words)
  }, 60_000)
})

describe('lake', () => {
  const run = (...args: string[]) => instance.command('lake', ...args)

  test('NFR-7 a lost file is named, a rebuild beside the running server brings it back; the log tells', async () => {
    const intact = await run('verify')
    expect(intact).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/is intact: \d+ rows in \d+ months/),
    })
    rmSync(join(dataDir, 'lake', 'inspection', '2026-03'), { recursive: true })
    const damaged = await run('verify', '--json')
    expect(damaged.code).toBe(1)
    expect(JSON.parse(damaged.stdout)).toMatchObject({
      ok: false,
      faults: [{ path: expect.stringMatching(/^inspection\/2026-03\//), fault: 'missing' }],
    })
    const rebuilt = await run('rebuild', '--fact', 'inspection', '--json')
    expect(JSON.parse(rebuilt.stdout)).toMatchObject({
      facts: [{ fact: 'inspection', rows: 80, resumed: 0 }],
    })
    expect(await run('verify', '--fact', 'inspection')).toMatchObject({ code: 0 })
    const plain = await run('rebuild')
    expect(plain.stdout).toMatch(/^inspection +80 rows in 1 files$/m)
    expect(await run('rebuild', '--fact', 'weather')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no fact "weather"; known: '),
    })
    const client = new pg.Client({ connectionString: await instance.adminUrl() })
    await client.connect()
    const { rows } = await client.query(`SELECT actor_name FROM audit_entry WHERE action = 'lake.rebuild'`)
    await client.end()
    expect(rows).toHaveLength(2)
  }, 60_000)
})

describe('audit verify', () => {
  test('PLT-21 an intact log; then an entry altered in the database is named, with exit code 1', async () => {
    const client = new pg.Client({ connectionString: await instance.adminUrl() })
    await client.connect()
    try {
      const intact = await instance.command('audit', 'verify')
      expect(intact).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/is intact: \d+ sealed entries/),
      })
      const { rows } = await client.query<{ id: string }>(
        `UPDATE audit_entry SET action = 'identity.sign-in' WHERE id = (SELECT audit_id FROM audit_seal WHERE sequence = 2) RETURNING id`,
      )
      const broken = await instance.command('audit', 'verify')
      expect(broken).toMatchObject({ code: 1, stdout: '' })
      expect(broken.stderr).toContain(`entry-altered · #2 · ${rows[0]!.id}`)
      const json = await instance.command('audit', 'verify', '--json')
      expect(json).toMatchObject({ code: 1, stderr: '' })
      expect(JSON.parse(json.stdout)).toMatchObject({
        ok: false,
        fault: { what: 'entry-altered', sequence: 2 },
      })
    } finally {
      await client.end()
    }
  }, 60_000)
})
