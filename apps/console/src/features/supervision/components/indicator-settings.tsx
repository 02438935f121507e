/** Switch and thresholds of an indicator for one unit; what is left empty is inherited from the unit above. */
import type { IndicatorView } from '@hengjian/supervision/contract'
import { App, Checkbox, Form, Input, InputNumber, Segmented, Select } from 'antd'
import { ReasonDialog } from '../../../parts/reason-dialog.tsx'
import { UnitName } from '../../../parts/unit-name.tsx'
import { supervision, useSupervisionMoved } from '../api.ts'
import { formatParameter } from '../labels.ts'
import { useOwnAdvice } from './threshold-advice.tsx'

type Value = IndicatorView['parameters'][number]['value']

export function IndicatorSettings({
  open,
  indicator,
  onClose,
}: {
  open: boolean
  indicator: IndicatorView
  onClose: () => void
}) {
  const moved = useSupervisionMoved()
  const advice = useOwnAdvice(indicator.code, indicator.unitPath, open && indicator.mode === 'post_hoc')
  const { message } = App.useApp()
  // Only what this unit itself set stands in the fields; the rest shows as what it inherits.
  const own = (from: string | null): boolean => from === indicator.unitPath
  const initial: Record<string, unknown> = {
    enabled: own(indicator.enabledFrom) ? String(indicator.enabled) : 'inherit',
    parameters: Object.fromEntries(
      indicator.parameters.filter(({ from }) => own(from)).map(({ name, value }) => [name, value]),
    ),
    tightenOnly: indicator.parameters.filter(({ tightenOnly }) => tightenOnly).map(({ name }) => name),
  }
  const tightenable = indicator.parameters.filter(({ stricter }) => stricter !== null)
  return (
    <ReasonDialog
      open={open}
      title={`调整 ${indicator.code} ${indicator.title}`}
      effect={
        <>
          只对
          <UnitName path={indicator.unitPath} />
          及未另行设定的下级机构生效。不填的参数沿用上级。须第二人批准的，批准前原值有效；其余立即起效。
        </>
      }
      seenBy="本机构及下级机构的监管人员、系统管理员、审计管理员"
      okText="保存调整"
      initialValues={initial}
      onCancel={onClose}
      onSubmit={async (reason, values) => {
        const enabled = values['enabled'] as string
        const entered = (values['parameters'] ?? {}) as Record<string, Value | undefined>
        const saved = await supervision.updateIndicatorSetting({
          code: indicator.code,
          unitPath: indicator.unitPath,
          enabled: enabled === 'inherit' ? null : enabled === 'true',
          parameters: Object.fromEntries(
            Object.entries(entered).filter(
              (entry): entry is [string, Value] =>
                entry[1] !== undefined && entry[1] !== null && entry[1] !== '',
            ),
          ),
          tightenOnly: (values['tightenOnly'] ?? []) as string[],
          version: indicator.settingVersion,
          reason,
        })
        message.success(saved.pendingChange ? '已提交，待第二人批准，批准前原值有效' : '已保存')
        onClose()
        await moved()
      }}
    >
      <Form.Item name="enabled" label="启停">
        <Segmented
          options={[
            { value: 'inherit', label: '沿用上级' },
            { value: 'true', label: '启用' },
            { value: 'false', label: '停用' },
          ]}
        />
      </Form.Item>
      {indicator.parameters.map((parameter) => (
        <Form.Item
          key={parameter.name}
          name={['parameters', parameter.name]}
          label={parameter.title}
          extra={
            <>
              现行 {formatParameter(parameter.value)}，出厂 {formatParameter(parameter.default)}
              {advice?.parameter === parameter.name && advice.better && (
                <>
                  ；近一年办结情况建议 {advice.better.value}（误报 {advice.before.falsePositive} 件中少{' '}
                  {advice.better.sparedFalse} 件，属实或情况存在少 {advice.better.lostRight} 件）
                </>
              )}
              {parameter.bound && parameter.boundValue !== null && (
                <>
                  ；<UnitName path={parameter.bound} />
                  规定只可收紧，不得{parameter.stricter === 'lower' ? '大于' : '小于'} {parameter.boundValue}
                </>
              )}
            </>
          }
        >
          {parameter.type === 'number' ? (
            <InputNumber style={{ width: '100%' }} placeholder="沿用上级" />
          ) : parameter.type === 'list' ? (
            <Select
              mode="tags"
              open={false}
              suffixIcon={null}
              placeholder="沿用上级"
              tokenSeparators={[',', ' ', '，', '、']}
            />
          ) : (
            <Input maxLength={200} placeholder="沿用上级" />
          )}
        </Form.Item>
      ))}
      {tightenable.length > 0 && (
        <Form.Item
          name="tightenOnly"
          label="下级只可收紧"
          extra="选中的参数，下级机构只能设得更严，也不得停用该指标；已经设得更松的即按本机构的值执行。"
        >
          <Checkbox.Group options={tightenable.map(({ name, title }) => ({ value: name, label: title }))} />
        </Form.Item>
      )}
    </ReasonDialog>
  )
}
