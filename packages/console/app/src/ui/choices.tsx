import { param, setQuery } from "../state/router.ts"
import { Icon, type IconName } from "./icons.tsx"

type Choices = ReadonlyArray<readonly [value: string, text: string, icon?: IconName]>

interface SelectProps {
  readonly label: string
  readonly value: string
  readonly choices: Choices
  readonly onChange: (value: string) => void
}

/** A choice among many, as a menu of the browser. */
export const Select = ({ choices, label, onChange, value }: SelectProps) => (
  <label class="select">
    <span class="visually-hidden">{label}</span>
    <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      {choices.map(([value, text]) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
  </label>
)

interface FilterProps {
  /** A parameter of the address. */
  readonly name: string
  readonly label: string
  readonly choices: Choices
  /** What applies without the parameter: the first choice by default. */
  readonly initial?: string
}

const initialOf = ({ choices, initial }: FilterProps) => initial ?? choices[0]?.[0] ?? ""
const valueOf = (props: FilterProps) => param(props.name) || initialOf(props)

const change = (props: FilterProps, value: string) =>
  setQuery({ [props.name]: value === initialOf(props) ? "" : value })

/** A menu whose choice is in the address. */
export const Filter = (props: FilterProps) => (
  <Select {...props} value={valueOf(props)} onChange={(value) => change(props, value)} />
)

/** A row of buttons for one choice. A parameter of the address keeps it. */
export const Segments = (props: FilterProps) => (
  <fieldset class="segments">
    <legend class="visually-hidden">{props.label}</legend>
    {props.choices.map(([value, text, icon]) => (
      <button
        key={value}
        type="button"
        aria-pressed={valueOf(props) === value}
        title={text}
        onClick={() => change(props, value)}
      >
        {icon && <Icon name={icon} />}
        <span class={icon && "visually-hidden"}>{text}</span>
      </button>
    ))}
  </fieldset>
)
