import type { CalendarDayView } from '@hengjian/administration/contract'
import { App, Form, Input, Segmented } from 'antd'
import { ReasonDialog } from '../../../parts/reason-dialog.tsx'
import { administration, administrationKeys, useStale } from '../api.ts'

export function CalendarDayDialog({ day, onClose }: { day: CalendarDayView; onClose: () => void }) {
  const stale = useStale()
  const { message } = App.useApp()
  const wasSet = day.source === 'set'
  return (
    <ReasonDialog
      open
      title={`调整 ${day.day}`}
      effect={`现为${day.kind === 'rest' ? '休息' : '上班'}${day.name ? `（${day.name}）` : ''}。调整后，未到期的办理时限按新日历计算。`}
      seenBy="系统管理员、审计管理员"
      okText="保存"
      initialValues={{
        kind: day.kind === 'rest' ? 'working' : 'rest',
        name: day.name ?? '',
        noticeNumber: day.noticeNumber ?? '',
      }}
      onCancel={onClose}
      onSubmit={async (reason, values) => {
        if (values['kind'] === 'reset') await administration.resetCalendarDay({ day: day.day, reason })
        else
          await administration.updateCalendarDay({
            day: day.day,
            kind: values['kind'] as 'rest',
            name: values['name'] as string,
            noticeNumber: values['noticeNumber'] as string,
            reason,
          })
        message.success('已保存')
        await stale(administrationKeys.calendar)
        onClose()
      }}
    >
      <Form.Item name="kind" label="改为">
        <Segmented
          options={[
            { value: 'rest', label: '休息' },
            { value: 'working', label: '上班' },
            ...(wasSet ? [{ value: 'reset', label: '取消人工调整' }] : []),
          ]}
        />
      </Form.Item>
      <Form.Item noStyle shouldUpdate>
        {({ getFieldValue }) =>
          getFieldValue('kind') !== 'reset' && (
            <>
              <Form.Item name="name" label="名称" rules={[{ required: true, message: '请填写名称' }]}>
                <Input maxLength={40} placeholder="如 国庆节、调休上班" />
              </Form.Item>
              <Form.Item
                name="noticeNumber"
                label="通知文号"
                rules={[{ required: true, message: '请填写文号' }]}
              >
                <Input maxLength={60} />
              </Form.Item>
            </>
          )
        }
      </Form.Item>
    </ReasonDialog>
  )
}
