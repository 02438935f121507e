/** A person, masked; the whole is shown on asking, which is recorded. */
import { Facts, Panel } from '../../../parts/detail-page.tsx'
import { UnmaskButton, useUnmask } from '../../../parts/masked.tsx'
import { useCan } from '../../../session.ts'
import { business, type Person } from '../api.ts'

export function PersonPanel({ title, person }: { title: string; person: Person }) {
  const can = useCan()
  const unmask = useUnmask((reason) => business.unmaskPerson({ id: person.id, reason }))
  const shown = unmask.clear ?? person
  return (
    <Panel
      title={title}
      extra={
        can('business.person.unmask') && (
          <UnmaskButton shown={unmask.clear !== null} onShow={unmask.ask} onHide={unmask.hide} />
        )
      }
    >
      <PersonFacts person={shown} />
      {unmask.dialog}
    </Panel>
  )
}

export function PersonFacts({ person }: { person: Person }) {
  return (
    <Facts
      items={[
        { label: person.kind === 'organisation' ? '单位名称' : '姓名', value: person.name },
        {
          label: person.kind === 'organisation' ? '统一社会信用代码' : '身份证明号码',
          value: person.idNumber && <span className="hj-num">{person.idNumber}</span>,
        },
        { label: '手机号码', value: person.mobile },
        { label: '联系地址', value: person.address },
      ]}
    />
  )
}
