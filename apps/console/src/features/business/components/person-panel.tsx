/** A person, masked; the whole is shown on asking, which is recorded. */
import { type Fact, Facts, Panel } from '../../../parts/detail-page.tsx'
import { UnmaskButton, useUnmask } from '../../../parts/masked.tsx'
import { MaybeLink } from '../../../parts/maybe-link.tsx'
import { useCan } from '../../../session.ts'
import { business, type Person } from '../api.ts'

export function PersonPanel({
  title,
  person,
  link,
  more = [],
}: {
  title: string
  person: Person
  /** The person's file, where this is not it. */
  link?: string | null
  more?: readonly Fact[]
}) {
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
      <PersonFacts person={shown} link={link} more={more} />
      {unmask.dialog}
    </Panel>
  )
}

export function PersonFacts({
  person,
  link,
  more = [],
}: {
  person: Person
  link?: string | null | undefined
  more?: readonly Fact[]
}) {
  return (
    <Facts
      items={[
        {
          label: person.kind === 'organisation' ? '单位名称' : '姓名',
          value: person.name && <MaybeLink to={link}>{person.name}</MaybeLink>,
        },
        {
          label: person.kind === 'organisation' ? '统一社会信用代码' : '身份证明号码',
          value: person.idNumber && <span className="hj-num">{person.idNumber}</span>,
        },
        { label: '手机号码', value: person.mobile },
        { label: '联系地址', value: person.address },
        ...more,
      ]}
    />
  )
}
