import { describe, expect, it } from 'vitest'
import { encodeGb18030, MalformedError, readManscdp, readXml, writeManscdp } from '../index.ts'
import { mutate, randomFrom } from '../testing/mutate.ts'

const item = (id: number, name: string, more = '') =>
  `<Item>\n<DeviceID>3402000000132000000${id}</DeviceID>\n<Name>${name}</Name>${more}\n<Status>ON</Status>\n</Item>\n`

const catalogue = (items: string) =>
  `<?xml version="1.0" encoding="GB2312"?>\n<Response>\n<CmdType>Catalog</CmdType>\n<SN>3</SN>\n` +
  `<DeviceID>34020000001110000001</DeviceID>\n<SumNum>3</SumNum>\n<DeviceList Num="3">\n${items}</DeviceList>\n</Response>\n`

function namesOf(bytes: Uint8Array): [id: string, name: string | undefined][] {
  const { message } = readManscdp(bytes)
  if (message.name !== 'Response/Catalog') throw new Error(message.name)
  return (message.body.items ?? []).map((it) => [it.deviceId!.slice(-1), it.name])
}

const sound = catalogue(item(1, '东门') + item(2, '西门') + item(3, '南门'))
const all = [
  ['1', '东门'],
  ['2', '西门'],
  ['3', '南门'],
]

describe('damaged catalogues (pain 4)', () => {
  it.each([
    ['nothing', sound],
    ['a stray </Item>', sound.replace('<Item>', '</Item><Item>')],
    ['a stray </Item> behind', sound.replace('</DeviceList>', '</Item></DeviceList>')],
    ['a missing </Item>', sound.replace('</Item>', '')],
    ['a missing end of a name', sound.replace('东门</Name>', '东门')],
    ['a misspelt end of a name', sound.replace('东门</Name>', '东门</Nmae>')],
    ['an end tag without its end', sound.replace('东门</Name>', '东门</Name')],
    ['NUL and control bytes', sound.replace('东', '\0东\x07').replace('<Item>', '\0<Item>')],
    ['garbage around', `\0\0junk${sound}\0\0 junk`],
    [
      'a bare ampersand and less-than',
      sound.replace('<Status>', '<Address>a & b < c &bogus; &#0;</Address><Status>'),
    ],
    ['a null civil code', sound.replace('<Status>', '<CivilCode>null</CivilCode><Status>')],
    [
      'letter case',
      sound.replace('DeviceList', 'devicelist').replace('<Name>', '<NAME>').replace('</Name>', '</NAME>'),
    ],
    [
      'ends in another letter case',
      sound.replaceAll('</Item>', '</item>').replace('</DeviceList>', '</devicelist>'),
    ],
    ['a prefix', sound.replaceAll('<Item>', '<gb:Item>').replaceAll('</Item>', '</gb:Item>')],
    ['CDATA and a comment', sound.replace('东门', '<![CDATA[东门]]><!-- x -->')],
    ['no declaration, one line', sound.replace(/^.*\?>/, '').replaceAll('\n', '')],
    ['no ends at all after the last item', sound.slice(0, sound.lastIndexOf('</DeviceList>'))],
  ])('VID-PAIN-04 all items are read in spite of %s', (_, text) => {
    expect(namesOf(encodeGb18030(text))).toEqual(all)
    expect(namesOf(Buffer.from(text))).toEqual(all)
  })

  it('VID-PAIN-04 a document cut anywhere in its last item keeps the items before it, and says what it lost', () => {
    const bytes = encodeGb18030(sound)
    const last = bytes.lastIndexOf('<Item>')
    const lastEnd = bytes.lastIndexOf('</Item>')
    for (let cut = last + 7; cut < lastEnd; cut += 1) {
      const { faults } = readManscdp(bytes.subarray(0, cut))
      expect(namesOf(bytes.subarray(0, cut))).toEqual(all.slice(0, 2))
      expect(faults.map(({ element }) => element)).toEqual(['Item'])
    }
  })

  it('VID-PAIN-04 an item without an id is told, the others stay', () => {
    const { message, faults } = readManscdp(
      Buffer.from(sound.replace('<DeviceID>34020000001320000002</DeviceID>', '')),
    )
    expect(message.name === 'Response/Catalog' && message.body.items).toHaveLength(2)
    expect(faults).toEqual([{ element: 'Item', found: 'Name=西门 Status=ON' }])
  })

  it('VID-PAIN-04 a name cut in the middle of a character keeps its whole characters', () => {
    for (const encode of [encodeGb18030, Buffer.from]) {
      const name = encode('东门')
      const [before, after] = sound.split('东门') as [string, string]
      const bytes = Buffer.concat([encode(before), name.subarray(0, name.length - 1), encode(after)])
      expect(namesOf(bytes)).toEqual([['1', '东'], ...all.slice(1)])
    }
  })

  it('VID-PAIN-04 a value of the wrong kind is told and left out', () => {
    const text = sound.replace('<Status>ON', '<Longitude>东经</Longitude><Status>未知')
    const { faults } = readManscdp(Buffer.from(text))
    expect(faults).toEqual([
      { element: 'Status', found: '未知' },
      { element: 'Longitude', found: '东经' },
    ])
  })

  it('VID-PAIN-05 a byte order mark counts though it stands before the first element', () => {
    const text =
      '<?xml version="1.0" encoding="GB2312"?><Notify><CmdType>Alarm</CmdType><AlarmDescription>é</AlarmDescription></Notify>'
    const { message, charset } = readManscdp(
      Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]),
    )
    expect(charset).toBe('utf-8')
    expect(message).toMatchObject({ body: { alarmDescription: 'é' } })
  })

  it('VID-2 no XML, no CmdType, absurd nesting end in MalformedError', () => {
    for (const text of ['', 'hello', '\0\0', '<Notify><SN>1</SN></Notify>', '<a>'.repeat(100)]) {
      expect(() => readManscdp(Buffer.from(text))).toThrow(MalformedError)
    }
  })

  it('VID-2 mutated documents are read or end in MalformedError, nothing else', () => {
    const random = randomFrom(4)
    const sources = [encodeGb18030(sound), Buffer.from(sound)]
    let items = 0
    for (let round = 0; round < 3000; round += 1) {
      try {
        const { message } = readManscdp(mutate(sources[round % 2]!, random))
        if (message.name === 'Response/Catalog') items += message.body.items?.length ?? 0
      } catch (error) {
        if (!(error instanceof MalformedError)) throw error
      }
    }
    expect(items).toBeGreaterThan(3000)
  })

  it('VID-2 text that XML cannot say is left out when writing, everything else comes back', () => {
    const name = '东<门>&"𠀀"\u0007\ud800 \'x\''
    const bytes = writeManscdp(
      { name: 'Response/DeviceInfo', sn: '1', deviceId: '1', body: { deviceName: name } },
      { edition: '2016' },
    )
    const { root } = readXml(bytes)
    expect(root.children.find((it) => it.name === 'DeviceName')?.text).toBe('东<门>&"𠀀" \'x\'')
  })
})
