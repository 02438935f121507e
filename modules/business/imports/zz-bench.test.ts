import { afterAll, beforeAll, test } from 'vitest'
import { createWriteStream } from 'node:fs'
import { once } from 'node:events'
import { createTestWorld, TEST_UNIT, testPorts } from './test-world.ts'
import { fileOnDisk, importFile, nativeMapping } from './index.ts'
import { createCipherPool } from '@hengjian/platform/crypto'
let w: any
beforeAll(async () => { w = await createTestWorld() })
afterAll(() => w.close())
test('bench', async () => {
  const pool = createCipherPool({ keysFile: w.services.keys.file, workers: 1 })
  async function run(fact: any, header: string, n: number, line: (i: number) => string, label = fact) {
    const path = `${w.folder}/${label}.csv`
    const out = createWriteStream(path)
    out.write(header + '\n')
    for (let a = 0; a < n; a += 1000) { let s = ''; for (let i = a; i < a + 1000; i++) s += line(i) + '\n'; if (!out.write(s)) await once(out, 'drain') }
    out.end(); await once(out, 'finish')
    const file = await fileOnDisk(path)
    let peak = 0
    const timer = setInterval(() => { peak = Math.max(peak, process.memoryUsage().rss) }, 100)
    const t = performance.now()
    const cpu = process.cpuUsage()
    const r = await importFile({ services: w.services, lake: w.lake, actor: { ...w.actor, ...TEST_UNIT }, origin: w.origin, ports: testPorts, file, mapping: nativeMapping(fact), cipherPool: pool })
    const used = process.cpuUsage(cpu)
    clearInterval(timer)
    console.log(label, r.inserted, r.rejected, Math.round(n / (performance.now() - t) * 1000), 'rows/s', 'peak MB', Math.round(peak / 1048576), 'cpu s', ((used.user + used.system) / 1e6).toFixed(1), 'wall', ((performance.now() - t) / 1000).toFixed(1))
  }
  const id = (k: number, i: number) => `0190000${k}-0000-7000-8000-${String(i).padStart(12, '0')}`
  const when = (i: number) => new Date(Date.UTC(2024, 0, 1) + i * 60_000).toISOString().slice(0, 19).replace('T', ' ')
  await run('transaction', 'source_key,serial,occurred_at,accepted_at,completed_at,subject_kind,business_kind,state,channel,vehicle_id,person_id,institution_id,handler_id,licence_class,origin_region,subject_region', 400_000,
    (i) => `t${i},T2412${String(i).padStart(9, '0')},${when(i)},${when(i)},${when(i)},vehicle,transfer,completed,window,${id(1, i)},${id(2, i)},${id(3, i % 50)},${id(4, i % 300)},,450${i % 400},450302`)
  await run('person', 'source_key,occurred_at,kind,id_number,mobile', 200_000, (i) => `p${i},${when(i)},person,45030219880${String(i).padStart(7, '0')},139${String(i).padStart(8, '0')}`)
  await run('inspection', 'source_key,occurred_at,model,passed,vehicle_age_years', 400_000, (i) => `i${i},${when(i)},"VW ""Golf"" ${i % 300}",${i % 3 ? '是' : '否'},${i % 20}`)
  await run('person', 'source_key,occurred_at,kind,name,id_number,mobile,address', 100_000, (i) => `q${i},${when(i)},person,张三${i},45030219890${String(i).padStart(7, '0')},138${String(i).padStart(8, '0')},桂林市秀峰区中山路${i}号`, 'person4')
  await pool.close()
}, 290000)
