/** The file's text: pasted, chosen from the disk, or dropped on the field. */
import { type DragEvent, type ReactNode, useId, useRef, useState } from 'react';
import { FaultLine } from '../../ui/fault-line.tsx';
import { Icon } from '../../ui/icon.tsx';

/** As the server takes at most; what is larger is no workflow. */
const mostBytes = 1_048_576;

export function SourceField(props: { readonly text: string; readonly onChange: (text: string) => void }): ReactNode {
  const id = useId();
  const chooser = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [isOver, setOver] = useState(false);
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const isTooLarge = file.size > mostBytes;
    setFault(isTooLarge ? `${file.name} is larger than a workflow can be.` : null);
    if (!isTooLarge) props.onChange(await file.text());
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <div className="flex items-center gap-2">
        <label htmlFor={id} className="flex-1 font-medium">
          The file’s text
        </label>
        <input
          ref={chooser}
          type="file"
          accept=".json,.yaml,.yml,.asl,application/json,application/yaml"
          className="sr-only"
          tabIndex={-1}
          aria-label="File"
          onChange={(event) => {
            void take(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
        <button type="button" className="btn btn-sm" onClick={() => chooser.current?.click()}>
          <Icon name="upload" />
          Choose a file
        </button>
      </div>
      <textarea
        id={id}
        className={`input mono h-[40dvh] min-h-60 lg:h-[calc(100dvh-240px)] resize-y text-xs leading-5 ${isOver ? 'border-accent! bg-accent-soft!' : ''}`}
        spellCheck={false}
        autoComplete="off"
        placeholder="Paste JSON or YAML here, or drop a file"
        aria-describedby={`${id}-help`}
        value={props.text}
        onChange={(event) => props.onChange(event.target.value)}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      />
      <p id={`${id}-help`} className="text-xs text-ink-3">
        What it is from is told by its shape.
      </p>
      <FaultLine>{fault}</FaultLine>
    </div>
  );
}

/** JSON goes as JSON; all else is YAML, whose faults the server tells by their lines. */
export function bodyOf(text: string): { readonly json: unknown } | { readonly yaml: string } {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return { yaml: text };
  }
}
