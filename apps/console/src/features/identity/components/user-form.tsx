/** Create or change an account. */
import type { UserView } from '@hengjian/identity/contract'
import { useNavigate } from '@tanstack/react-router'
import {
  Button,
  Checkbox,
  DatePicker,
  Drawer,
  Form,
  Input,
  Modal,
  Select,
  Space,
  TimePicker,
  Typography,
} from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useEffect, useState } from 'react'
import { ProblemAlert, useSubmit } from '../../../parts/problem-alert.tsx'
import { UnitSelect } from '../../../parts/unit-select.tsx'
import { useCan } from '../../../session.ts'
import { identity, identityKeys, useStale } from '../api.ts'
import { userFieldLabels, WEEKDAYS } from '../labels.ts'

interface Values {
  userName: string
  name: string
  staffNumber?: string
  idNumber?: string
  mobile?: string
  unitId: string
  valid?: [Dayjs | null, Dayjs | null] | null
  permittedAddresses?: string[]
  hourDays?: number[]
  hours?: [Dayjs | null, Dayjs | null] | null
  oneSessionOnly?: boolean
}

export function UserForm({
  open,
  user,
  onClose,
}: {
  open: boolean
  user: UserView | null
  onClose: () => void
}) {
  const [form] = Form.useForm<Values>()
  const stale = useStale()
  const [created, setCreated] = useState<{ user: UserView; initialPassword: string } | null>(null)
  const { busy, error, setError, submit } = useSubmit<Values>(form, async (values) => {
    if (user) {
      await identity.updateUser({ id: user.id, version: user.version, ...changed(values) })
      await stale(identityKeys.users)
      onClose()
      return
    }
    const answer = await identity.createUser({ ...changed(values), userName: values.userName })
    await stale(identityKeys.users)
    onClose()
    setCreated(answer)
  })
  useEffect(() => {
    if (!open) return
    setError(null)
    form.resetFields()
    if (user)
      form.setFieldsValue({
        userName: user.userName,
        name: user.name,
        staffNumber: user.staffNumber ?? '',
        unitId: user.unit.id,
        valid: [
          user.validFrom ? dayjs(user.validFrom) : null,
          user.validUntil ? dayjs(user.validUntil) : null,
        ],
        permittedAddresses: user.permittedAddresses,
        hourDays: user.permittedHours?.days ?? [],
        hours: user.permittedHours
          ? [dayjs(`2026-01-01T${user.permittedHours.from}`), dayjs(`2026-01-01T${user.permittedHours.to}`)]
          : null,
        oneSessionOnly: user.oneSessionOnly,
      })
  }, [open, user, form, setError])
  return (
    <>
      <Drawer
        open={open}
        title={user ? `修改用户 ${user.name}` : '新建用户'}
        size={480}
        onClose={onClose}
        forceRender
        extra={
          <Button type="primary" loading={busy} onClick={form.submit}>
            {user ? '保存' : '创建'}
          </Button>
        }
      >
        <ProblemAlert error={error} labels={userFieldLabels} />
        <Form form={form} layout="vertical" onFinish={submit}>
          <Form.Item
            name="userName"
            label="用户名"
            rules={[{ required: true, message: '请输入用户名' }]}
            extra={user ? '用户名不能更改。' : '字母、数字或 _ . @ -，登录时使用，创建后不能更改。'}
          >
            <Input disabled={user !== null} autoComplete="off" />
          </Form.Item>
          <Form.Item name="name" label="姓名" rules={[{ required: true, message: '请输入姓名' }]}>
            <Input maxLength={60} />
          </Form.Item>
          <Form.Item name="unitId" label="所属机构" rules={[{ required: true, message: '请选择机构' }]}>
            <UnitSelect by="id" width="100%" allowClear={false} />
          </Form.Item>
          <Form.Item name="staffNumber" label="警号/工号">
            <Input maxLength={20} />
          </Form.Item>
          <Form.Item
            name="idNumber"
            label="身份证号码"
            extra={user?.idNumberMasked ? `现为 ${user.idNumberMasked}，留空则不改。` : null}
          >
            <Input maxLength={18} autoComplete="off" />
          </Form.Item>
          <Form.Item
            name="mobile"
            label="手机号码"
            extra={user?.mobileMasked ? `现为 ${user.mobileMasked}，留空则不改。` : null}
          >
            <Input maxLength={14} autoComplete="off" />
          </Form.Item>
          <Form.Item name="valid" label="账号有效期" extra="不填为长期有效。">
            <DatePicker.RangePicker
              allowEmpty={[true, true]}
              style={{ width: '100%' }}
              placeholder={['立即', '长期']}
            />
          </Form.Item>
          <Form.Item
            name="permittedAddresses"
            label="允许登录的地址"
            extra="IP 或网段，如 10.45.0.0/16；不填为不限。"
          >
            <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', ' ', '，']} />
          </Form.Item>
          <Form.Item label="允许登录的时段" extra="不选星期为不限；止早于起为跨零点，相同为全天。">
            <Form.Item name="hourDays" noStyle>
              <Checkbox.Group
                options={WEEKDAYS.map((label, at) => ({ label: `周${label}`, value: at + 1 }))}
              />
            </Form.Item>
            <Form.Item name="hours" noStyle>
              <TimePicker.RangePicker
                format="HH:mm"
                minuteStep={5}
                order={false}
                style={{ width: '100%', marginTop: 8 }}
              />
            </Form.Item>
          </Form.Item>
          <Form.Item name="oneSessionOnly" valuePropName="checked">
            <Checkbox>只允许同时登录一处</Checkbox>
          </Form.Item>
        </Form>
      </Drawer>
      <CreatedDialog created={created} onClose={() => setCreated(null)} />
    </>
  )
}

function CreatedDialog({
  created,
  onClose,
}: {
  created: { user: UserView; initialPassword: string } | null
  onClose: () => void
}) {
  const navigate = useNavigate()
  const mayAssign = useCan()('identity.role.assign')
  return (
    <Modal
      open={created !== null}
      title="用户已创建"
      okText={mayAssign ? '去分配角色' : '查看用户'}
      cancelText="关闭"
      onOk={() => {
        onClose()
        void navigate({ to: `/users/${created?.user.id}` })
      }}
      onCancel={onClose}
    >
      <p>
        初始密码只显示这一次，请交给本人；首次登录时须修改。
        {mayAssign ? '' : '角色由安全管理员分配，分配前登录后不能办理业务。'}
      </p>
      <InitialPassword userName={created?.user.userName ?? ''} password={created?.initialPassword ?? ''} />
    </Modal>
  )
}

/** A password made by the system, to be handed over. */
export function InitialPassword({ userName, password }: { userName: string; password: string }) {
  return (
    <Space orientation="vertical">
      <span>
        用户名：<span className="hj-code">{userName}</span>
      </span>
      <Typography.Text copyable={{ text: password, tooltips: ['复制', '已复制'] }}>
        初始密码：<span className="hj-code">{password}</span>
      </Typography.Text>
    </Space>
  )
}

/** Days without a span are whole days. */
function permittedHoursOf({ hourDays = [], hours }: Values) {
  if (hourDays.length === 0) return null
  const [from, to] = hours ?? [null, null]
  return {
    days: hourDays.toSorted((a, b) => a - b),
    from: from?.format('HH:mm') ?? '00:00',
    to: to?.format('HH:mm') ?? '00:00',
  }
}

/** The form's values as the operation takes them; personal numbers left empty stay as they are. */
function changed(values: Values) {
  const [from, until] = values.valid ?? [null, null]
  return {
    name: values.name,
    unitId: values.unitId,
    staffNumber: values.staffNumber?.trim() || null,
    ...(values.idNumber?.trim() ? { idNumber: values.idNumber.trim() } : {}),
    ...(values.mobile?.trim() ? { mobile: values.mobile.trim() } : {}),
    validFrom: from?.format('YYYY-MM-DD') ?? null,
    validUntil: until?.format('YYYY-MM-DD') ?? null,
    permittedAddresses: values.permittedAddresses ?? [],
    permittedHours: permittedHoursOf(values),
    oneSessionOnly: values.oneSessionOnly ?? false,
  }
}
