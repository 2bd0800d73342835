/**
 * A value that somebody fills in, the input of an execution or the form of an approval: a field per simple property of the JSON Schema, and text (JSON or YAML) for everything else. The value and
 * its fault are the caller's, so that a dialog can hold back its button.
 */
import { isJsonObject, type JsonObject, type JsonValue } from '@automateos/shared/model/json';
import { type ReactNode, useId, useState } from 'react';
import { Segmented } from './segmented.tsx';

export type InputState = { readonly value: JsonValue; readonly fault: string | null };
type Field = {
  readonly name: string;
  readonly kind: 'text' | 'number' | 'boolean' | 'choice';
  readonly choices: readonly string[];
  readonly help: string;
  readonly required: boolean;
};

export function InputForm(props: {
  readonly schema: JsonObject | undefined;
  readonly state: InputState;
  readonly onChange: (state: InputState) => void;
  /** What it is called and, as raw text, what it is for. */
  readonly title?: string;
  readonly help?: string;
}): ReactNode {
  const { title = 'Input', help = 'JSON, for example {"orderId": 7}. Expressions see it as input.' } = props;
  const fields = fieldsOf(props.schema);
  const [raw, setRaw] = useState(fields === null);
  const { value } = props.state;
  return (
    <div className="flex flex-col gap-4">
      <div className="flex items-center gap-2">
        <h3 className="font-medium">{title}</h3>
        {fields === null ? null : (
          <span className="ml-auto">
            <Segmented
              small
              label={`${title} as`}
              value={raw ? 'raw' : 'fields'}
              onChange={(next) => setRaw(next === 'raw')}
              options={[
                { value: 'fields', label: 'Fields' },
                { value: 'raw', label: 'Raw' },
              ]}
            />
          </span>
        )}
      </div>
      {raw || fields === null ? (
        <RawInput state={props.state} onChange={props.onChange} title={title} help={help} />
      ) : (
        fields.map((field) => (
          <InputField
            key={field.name}
            field={field}
            value={isJsonObject(value) ? value[field.name] : undefined}
            onChange={(next) =>
              props.onChange({ value: { ...(isJsonObject(value) ? value : {}), [field.name]: next }, fault: null })
            }
          />
        ))
      )}
    </div>
  );
}

function RawInput(props: {
  readonly state: InputState;
  readonly onChange: (state: InputState) => void;
  readonly title: string;
  readonly help: string;
}): ReactNode {
  const id = useId();
  const [text, setText] = useState(() => JSON.stringify(props.state.value, null, 2));
  const change = (next: string): void => {
    setText(next);
    try {
      props.onChange({ value: next.trim() === '' ? {} : (JSON.parse(next) as JsonValue), fault: null }); // JSON.parse answers JSON
    } catch (error) {
      props.onChange({ value: props.state.value, fault: error instanceof Error ? error.message : 'This is not JSON.' });
    }
  };
  return (
    <div className="flex flex-col gap-1.5">
      <textarea
        aria-label={`${props.title} as JSON`}
        aria-invalid={props.state.fault !== null}
        aria-describedby={id}
        rows={8}
        spellCheck={false}
        className="input mono text-xs"
        value={text}
        onChange={(event) => change(event.target.value)}
      />
      <p id={id} className={`text-xs ${props.state.fault ? 'text-failed' : 'text-ink-3'}`}>
        {props.state.fault ?? props.help}
      </p>
    </div>
  );
}

function InputField(props: {
  readonly field: Field;
  readonly value: JsonValue | undefined;
  readonly onChange: (value: JsonValue) => void;
}): ReactNode {
  const { field, value } = props;
  const id = useId();
  const text = value === undefined || value === null ? '' : String(value);
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium">
        {field.name} {field.required ? null : <span className="text-xs font-normal text-ink-3">optional</span>}
      </label>
      {field.kind === 'choice' ? (
        <select id={id} className="input self-start" value={text} onChange={(event) => props.onChange(event.target.value)}>
          {field.choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : field.kind === 'boolean' ? (
        <input
          id={id}
          type="checkbox"
          className="size-4 accent-accent"
          checked={value === true}
          onChange={(event) => props.onChange(event.target.checked)}
        />
      ) : (
        <input
          id={id}
          className="input"
          inputMode={field.kind === 'number' ? 'decimal' : 'text'}
          value={text}
          onChange={(event) => props.onChange(field.kind === 'number' ? numberOf(event.target.value) : event.target.value)}
        />
      )}
      {field.help === '' ? null : <p className="text-xs text-ink-3">{field.help}</p>}
    </div>
  );
}

/** Half-typed numbers stay text; the server says so if one is sent. */
function numberOf(text: string): JsonValue {
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) || String(number) !== text ? text : number;
}

/** null where the schema says nothing of properties, or has some that no simple field can hold. */
function fieldsOf(schema: JsonObject | undefined): readonly Field[] | null {
  const properties = schema?.properties;
  if (!isJsonObject(properties) || Object.keys(properties).length === 0) return null;
  const required = Array.isArray(schema?.required) ? schema.required : [];
  const fields: Field[] = [];
  for (const [name, property] of Object.entries(properties)) {
    if (!isJsonObject(property)) return null;
    const choices = Array.isArray(property.enum) ? property.enum.filter((choice) => typeof choice === 'string') : [];
    const kind = choices.length > 0 ? 'choice' : kindOf(property.type);
    if (kind === null) return null;
    fields.push({
      name,
      kind,
      choices,
      help: typeof property.description === 'string' ? property.description : '',
      required: required.includes(name),
    });
  }
  return fields;
}

function kindOf(type: JsonValue | undefined): 'text' | 'number' | 'boolean' | null {
  if (type === 'string') return 'text';
  if (type === 'integer' || type === 'number') return 'number';
  return type === 'boolean' ? 'boolean' : null;
}
